package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What epoll and NIO say of sockets, as it stands in reports. */
class SocketWordsTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:3260 | connection refused by 127.0.0.1:3260
          Connection refused: /127.0.0.1:3260                             | connection refused by 127.0.0.1:3260
          Connection refused: array.example/10.0.0.1:3260                 | connection refused by 10.0.0.1:3260
          connect(..) failed with error(-101): Network is unreachable: /10.9.9.9:3260 | network is unreachable: 10.9.9.9:3260
          finishConnect(..) failed: No route to host: /10.0.0.9:3260      | no route to host: 10.0.0.9:3260
          recvAddress(..) failed with error(-104): Connection reset by peer | connection reset by peer
          Connection reset                                                | connection reset
          io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: /127.0.0.1:1 | connection refused by 127.0.0.1:1
          """)
  void systemsOwnWordsAreLeft(String text, String words) {
    assertThat(SocketWords.of(new IOException(text))).isEqualTo(words);
  }

  @Test
  void anErrorWithoutWordsIsToldByItsKind() {
    assertThat(SocketWords.of(new ClosedChannelException())).isEqualTo("closed channel");
  }
}
