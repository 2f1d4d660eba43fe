package io.pathproof.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** libiscsi's own measuring program: random reads, two seconds each time. */
final class IscsiPerf {
  static final int SECONDS = 2;

  private static final Pattern AVERAGE = Pattern.compile("iops average (\\d+)");
  private static final Pattern CPU = Pattern.compile("cpu (\\d+\\.\\d+) (\\d+\\.\\d+)");

  private IscsiPerf() {}

  /**
   * What was measured.
   *
   * @param perSecond reads
   * @param cpuUs processor time of the program for each, user and system, in microseconds
   */
  record Rate(double perSecond, double cpuUs) {}

  /**
   * Runs it once.
   *
   * @param url of a logical unit in blocks of 512 bytes
   * @param blocks of each read
   */
  static Rate run(String url, int depth, int blocks) throws IOException, InterruptedException {
    // The shell tells the processor time of what it ran in milliseconds.
    String script = "TIMEFORMAT='cpu %3U %3S'; time iscsi-perf -m $1 -b $2 -t $3 -r $4";
    String text =
        Programs.run(
            List.of("bash", "-c", script, "bash", "" + depth, "" + blocks, "" + SECONDS, url),
            Map.of("LC_ALL", "C"));
    Matcher average = AVERAGE.matcher(text);
    double iops = 0;
    while (average.find()) {
      iops = Double.parseDouble(average.group(1));
    }
    Matcher cpu = CPU.matcher(text);
    if (iops == 0 || !cpu.find()) {
      throw new IOException("iscsi-perf told no average for " + url + ": " + text);
    }
    double seconds = Double.parseDouble(cpu.group(1)) + Double.parseDouble(cpu.group(2));
    return new Rate(iops, seconds * 1e6 / (iops * SECONDS));
  }
}
