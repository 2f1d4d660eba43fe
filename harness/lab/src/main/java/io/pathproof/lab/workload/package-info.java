/** Open-loop I/O with stamped blocks. */
package io.pathproof.lab.workload;
