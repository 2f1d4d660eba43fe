package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.iscsi.Opcode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CmdSN, ExpCmdSN and MaxCmdSN by RFC 7143 section 4.2.2.1. */
class CommandWindowTest {
  /** A session whose next command has that CmdSN, with a window of eight. */
  private static CommandWindow next(int cmdSn) {
    return new CommandWindow(cmdSn, cmdSn, cmdSn + 7, 1);
  }

  @Test
  @Tag("rfc7143:4.2.2.1-e")
  void theNextCmdSnMayBeExpectedAndNoneBeyondIt() throws ConnectionBreach {
    CommandWindow window = next(10);
    window.take();
    window.update(Opcode.NOP_IN, 11, 18);
    assertThat(window.expCmdSn()).isEqualTo(11);
    assertThatThrownBy(() -> window.update(Opcode.NOP_IN, 12, 19))
        .isInstanceOfSatisfying(
            ConnectionBreach.class,
            breach -> {
              assertThat(breach.failure().reason())
                  .isEqualTo(ConnectionFailure.Reason.PROTOCOL_ERROR);
              assertThat(breach.failure().text())
                  .contains("NOP_IN: ExpCmdSN: 0x0000000c", "the next is 0x0000000b");
            });
    assertThat(window.expCmdSn()).as("nothing was taken").isEqualTo(11);
  }

  @ParameterizedTest(name = "next CmdSN {0}, ExpCmdSN {1}: {2}")
  @CsvSource({
    // across the wrap: 0 follows 0xffffffff
    "-1, -1, true",
    "-1, 0, false",
    "0, -1, true",
    "0, 0, true",
    "0, 1, false",
    // the furthest that still has an order
    "10, -2147483639, false",
    "10, -2147483637, true",
  })
  @Tag("rfc7143:4.2.2.1-a")
  void theOrderIsThatOfSerialNumbers(int cmdSn, int expCmdSn, boolean sound) {
    CommandWindow window = new CommandWindow(cmdSn, cmdSn - 1, cmdSn + 7, 1);
    if (sound) {
      assertThatCode(() -> window.update(Opcode.NOP_IN, expCmdSn, expCmdSn + 7))
          .doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> window.update(Opcode.NOP_IN, expCmdSn, expCmdSn + 7))
          .isInstanceOf(ConnectionBreach.class);
    }
  }

  @Test
  @Tag("rfc7143:4.2.2.1-d")
  void anOlderExpCmdSnThatComesLateTakesNothingBack() throws ConnectionBreach {
    CommandWindow window = next(10);
    window.take();
    window.take();
    window.update(Opcode.NOP_IN, 12, 19);
    window.update(Opcode.NOP_IN, 11, 18);
    assertThat(window.expCmdSn()).isEqualTo(12);
    for (int cmdSn = 12; cmdSn <= 19; cmdSn++) {
      assertThat(window.open()).isTrue();
      window.take();
    }
    assertThat(window.open()).isFalse();
  }
}
