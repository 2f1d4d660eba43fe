/** Settings that depart from what vendors advise, and load that is spread unevenly. Pure. */
package io.pathproof.lab.advice;
