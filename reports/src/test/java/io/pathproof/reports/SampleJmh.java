package io.pathproof.reports;

import java.util.Locale;
import java.util.Random;

/** JMH's JSON as a single-shot failover benchmark writes it. */
final class SampleJmh {
  private SampleJmh() {}

  static String json(int shots) {
    Random random = new Random(7);
    StringBuilder out = new StringBuilder("[");
    for (String host : new String[] {"host2", "host3"}) {
      for (String fault : new String[] {"reset", "silent-drop"}) {
        StringBuilder raw = new StringBuilder();
        for (int i = 0; i < shots; i++) {
          double base =
              fault.equals("reset") ? 3 + random.nextDouble() * 6 : 560 + random.nextDouble() * 430;
          raw.append(i == 0 ? "" : ", ").append(String.format(Locale.ROOT, "%.4f", base));
        }
        out.append(out.length() == 1 ? "" : ",");
        out.append(
            """
            {"jmhVersion":"1.37","benchmark":"io.pathproof.benchmarks.FailoverBenchmark.pause","mode":"ss",
             "threads":1,"forks":1,"params":{"host":"%s","fault":"%s"},
             "primaryMetric":{"score":1.0,"scoreUnit":"ms/op","rawData":[[%s]]},"secondaryMetrics":{}}
            """
                .formatted(host, fault, raw));
      }
    }
    return out.append("]").toString();
  }
}
