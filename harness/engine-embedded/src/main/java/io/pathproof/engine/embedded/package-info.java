/** The lab in one JVM: hosts, relay links and the simulated array over loopback. */
package io.pathproof.engine.embedded;
