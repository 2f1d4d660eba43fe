/** The one record of a run, from which the verdict is computed. */
package io.pathproof.lab.history;
