package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.iscsi.KeyValues;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that we make (RFC 7143 section 9.2.1). */
class ChapSecretTest {
  @ParameterizedTest
  @Tag("rfc7143:9.2.1-d")
  @CsvSource({"96, 16", "97, 17", "128, 22", "1528, 255"})
  void aSecretHasAsManyBitsAsWereAskedFor(int bits, int characters) {
    assertThat(ChapSecret.generate(bits, new Random(1)::nextBytes))
        .hasSize(characters)
        .matches("[A-Za-z0-9._]+");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 95, 1_529})
  void aSecretThatIsTooShortOrTooLongIsRefused(int bits) {
    assertThatThrownBy(() -> ChapSecret.generate(bits, new Random(1)::nextBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(bits + " bits: a CHAP secret has 96 to 1528");
  }

  @Test
  @Tag("rfc7143:9.2.1-d")
  @Tag("rfc7143:9.2.1-e")
  void eachByteOfTheRandomSourceIsACharacterAndAllAreAsLikely() {
    Map<Character, Integer> counts = new TreeMap<>();
    for (int value = 0; value < 256; value++) {
      byte random = (byte) value;
      String secret = ChapSecret.generate(96, bytes -> bytes[7] = random);
      assertThat(secret.substring(0, 7) + secret.substring(8)).isEqualTo("A".repeat(15));
      counts.merge(secret.charAt(7), 1, Integer::sum);
    }
    assertThat(counts).hasSize(64);
    assertThat(counts.values()).containsOnly(4);
  }

  /** The longest that we make, and 128 bits in the hexadecimal digits of another generator. */
  @Test
  @Tag("rfc7143:9.2.1-d")
  void secretsOf128BitsAndMoreAreUsedWhole() throws Exception {
    for (String secret :
        List.of(
            ChapSecret.generate(ChapSecret.MAX_BITS, new Random(1)::nextBytes),
            "0x5ad8c1f7e2b34a9d80716f2c4be9d35a")) {
      ChapInitiator chap =
          new ChapInitiator(
              ChapSettings.oneWay(new ChapCredentials("host", secret)),
              bytes -> {},
              new ChallengeMemory());
      KeyValues answer =
          chap.answer(
              KeyValues.empty().with("CHAP_A", "5").with("CHAP_I", "9").with("CHAP_C", "0x0102"));
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update((byte) 9);
      md5.update(secret.getBytes(StandardCharsets.US_ASCII));
      md5.update(new byte[] {1, 2});
      assertThat(answer.get("CHAP_R")).contains("0x" + HexFormat.of().formatHex(md5.digest()));
    }
  }
}
