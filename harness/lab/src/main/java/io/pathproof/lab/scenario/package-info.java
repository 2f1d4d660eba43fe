/** A scenario: workload, faults, expectation; written in YAML or built in Java. */
package io.pathproof.lab.scenario;
