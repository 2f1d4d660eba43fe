package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The arithmetic of RFC 6298. */
class LatencyEstimatorTest {
  private static long ms(double value) {
    return (long) (value * TimeUnit.MILLISECONDS.toNanos(1));
  }

  @Test
  void whatWasNeverMeasuredAllowsAnyTime() {
    LatencyEstimator latency = new LatencyEstimator(ms(1));
    assertThat(latency.allowedNs()).isEqualTo(Deadline.NONE);
    latency.missed();
    assertThat(latency.allowedNs()).isEqualTo(Deadline.NONE);
  }

  @Test
  void theFirstAnswerAllowsThreeTimesItsLatency() {
    LatencyEstimator latency = new LatencyEstimator(ms(1));
    latency.sample(ms(80));
    // SRTT = R, RTTVAR = R / 2, RTO = SRTT + 4 RTTVAR
    assertThat(latency.allowedNs()).isEqualTo(ms(240));
  }

  @Test
  void furtherAnswersMoveItByAnEighthAndAQuarter() {
    LatencyEstimator latency = new LatencyEstimator(ms(1));
    latency.sample(ms(80));
    latency.sample(ms(160));
    // RTTVAR = 3/4 40 + 1/4 |80 - 160| = 50, SRTT = 7/8 80 + 1/8 160 = 90
    assertThat(latency.allowedNs()).isEqualTo(ms(90 + 4 * 50));
    latency.sample(ms(90));
    // RTTVAR = 37.5, SRTT = 90
    assertThat(latency.allowedNs()).isEqualTo(ms(90 + 4 * 37.5));
  }

  @Test
  void steadyAnswersComeDownToTheGranularityAndNoLowerThanTheFloor() {
    LatencyEstimator fine = new LatencyEstimator(1);
    LatencyEstimator floor = new LatencyEstimator(ms(500));
    for (int i = 0; i < 200; i++) {
      fine.sample(ms(10));
      floor.sample(ms(10));
    }
    assertThat(fine.allowedNs()).isEqualTo(ms(11));
    assertThat(floor.allowedNs()).isEqualTo(ms(500));
  }

  @Test
  void aMissedDeadlineDoublesItUntilTheNextAnswer() {
    LatencyEstimator latency = new LatencyEstimator(ms(100));
    latency.sample(ms(10));
    latency.missed();
    assertThat(latency.allowedNs()).isEqualTo(ms(200));
    latency.missed();
    assertThat(latency.allowedNs()).isEqualTo(ms(400));
    for (int i = 0; i < 100; i++) {
      latency.missed();
      assertThat(latency.allowedNs()).isPositive();
    }
    latency.sample(ms(10));
    assertThat(latency.allowedNs()).isEqualTo(ms(100));
  }
}
