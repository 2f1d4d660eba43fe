package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Opcode;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginWatcherTest {
  private final LoginWatcher watcher = new LoginWatcher();

  private boolean saw(PduStream one) {
    byte[] all = one.bytes();
    for (int at = 0; at < all.length; at += 10) {
      watcher.add(ByteBuffer.wrap(all, at, Math.min(10, all.length - at)));
    }
    return watcher.ended();
  }

  private static PduStream response(boolean last, int status, String keys) {
    return new PduStream(1).loginResponse(last, status, keys);
  }

  @ParameterizedTest
  @CsvSource({
    "HeaderDigest=CRC32C;DataDigest=CRC32C;,true,true",
    "HeaderDigest=None;DataDigest=CRC32C;,false,true",
    "HeaderDigest=CRC32C;DataDigest=None;,true,false",
    "HeaderDigest=None;DataDigest=None;,false,false",
    "MaxBurstLength=65536;,false,false"
  })
  void digestsAreWhatTheResponsesSay(String keys, boolean header, boolean data) {
    assertThat(saw(response(false, 0, "AuthMethod=None;"))).isFalse();
    assertThat(watcher.over()).isFalse();
    assertThat(saw(response(true, 0, keys))).isTrue();
    assertThat(watcher.digests()).isEqualTo(new Digests(header, data));
    assertThat(watcher.over()).isTrue();
  }

  @Test
  void digestsMayBeAgreedOnBeforeTheLastResponse() {
    assertThat(saw(response(false, 0, "HeaderDigest=CRC32C;"))).isFalse();
    assertThat(saw(response(false, 0, "DataDigest=CRC32C;"))).isFalse();
    assertThat(saw(response(true, 0, ""))).isTrue();
    assertThat(watcher.digests()).isEqualTo(new Digests(true, true));
  }

  @Test
  void aRefusalIsNoEndOfALogin() {
    assertThat(saw(response(true, 1, "TargetAddress=10.0.0.2:3260,1;"))).isFalse();
    assertThat(saw(response(true, 2, "HeaderDigest=CRC32C;"))).isFalse();
    assertThat(watcher.over()).isFalse();
  }

  @Test
  void whatIsNoLoginIsNotLookedAt() {
    assertThat(saw(new PduStream(2).pdu(Opcode.SCSI_RESPONSE, 0, 60))).isFalse();
    assertThat(watcher.over()).isTrue();
    assertThat(saw(response(true, 0, "HeaderDigest=CRC32C;"))).isFalse();
    assertThat(watcher.digests()).isEqualTo(Digests.NONE);
  }

  @Test
  void aPduLongerThanALoginsEndsTheWatch() {
    watcher.add(ByteBuffer.wrap(new PduStream(2).pdu(Opcode.LOGIN_RESPONSE, 0, 17_000).bytes()));
    assertThat(watcher.over()).isTrue();
    assertThat(watcher.ended()).isFalse();
  }
}
