package io.pathproof.lab.advice;

/**
 * A setting, or what follows from several, that departs from a vendor's advice. It is no fault: a
 * host may have its reasons.
 *
 * @param host whose
 * @param setting which, in the words of the topology file
 * @param set what it is
 * @param advised what it should be
 * @param by who advises it
 * @param source where that is written
 * @param why what it is good for
 * @param how how to change it, in the topology and on a real host
 */
public record Advice(
    String host,
    String setting,
    String set,
    String advised,
    String by,
    String source,
    String why,
    String how) {

  /** Whether it says the same, of another host perhaps. */
  public boolean sameAs(Advice other) {
    return setting.equals(other.setting)
        && set.equals(other.set)
        && advised.equals(other.advised)
        && by.equals(other.by);
  }
}
