package io.pathproof.lab.document;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean …?" */
public final class Suggestion {
  private Suggestion() {}

  /** The known name nearest to what was written, if it is near enough to be meant. */
  public static Optional<String> of(String written, Collection<String> known) {
    int bound = Math.max(1, (written.length() + 1) / 3);
    return known.stream()
        .filter(name -> distance(written, name) <= bound)
        .min(Comparator.comparingInt(name -> distance(written, name)));
  }

  /** A remedy: the nearest name, or all of them. */
  public static String remedy(String written, Collection<String> known) {
    return of(written, known)
        .map(near -> "did you mean " + near + "?")
        .orElse(known.isEmpty() ? "there is none" : "there is: " + String.join(", ", known));
  }

  /** Optimal string alignment distance, case and hyphens ignored. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(java.util.Locale.ROOT).replace("-", "");
    String b = right.toLowerCase(java.util.Locale.ROOT).replace("-", "");
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
