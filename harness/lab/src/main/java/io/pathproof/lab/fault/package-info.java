/** What a scenario breaks, and what that means for each link. */
package io.pathproof.lab.fault;
