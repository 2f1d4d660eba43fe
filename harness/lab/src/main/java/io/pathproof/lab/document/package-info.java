/** YAML files with line marks: every problem is told with file, line and remedy. */
package io.pathproof.lab.document;
