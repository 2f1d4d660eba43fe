package io.pathproof.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.CutPoint;
import io.pathproof.lab.engine.CutPoint.Where;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.protocol.iscsi.Opcode;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FaultWordsTest {
  private static Impairment at(String pdu, int number, Where where) {
    return new Impairment.Cut(new CutPoint.AtPdu(pdu, number, where));
  }

  static Stream<Arguments> impairments() {
    return Stream.of(
        Arguments.of("refuse", new Impairment.Refuse()),
        Arguments.of("reset", new Impairment.Reset()),
        Arguments.of("fin", new Impairment.Fin()),
        Arguments.of("silent-drop", new Impairment.SilentDrop()),
        Arguments.of("  stall ", new Impairment.Stall()),
        Arguments.of("latency 50ms", new Impairment.Latency(50, 0)),
        Arguments.of("latency 50ms  jitter 5ms", new Impairment.Latency(50, 5)),
        Arguments.of("bandwidth 512KiB/s", new Impairment.Bandwidth(512)),
        Arguments.of("cut after 10KiB", new Impairment.Cut(new CutPoint.AfterBytes(10_240))),
        Arguments.of("cut after 7B", new Impairment.Cut(new CutPoint.AfterBytes(7))),
        Arguments.of("cut after 0", new Impairment.Cut(new CutPoint.AfterBytes(0))),
        Arguments.of("cut at data-out", at("data-out", 1, Where.BEFORE)),
        Arguments.of("cut at data-out 3", at("data-out", 3, Where.BEFORE)),
        Arguments.of("cut at data-out 3 data", at("data-out", 3, Where.DATA)),
        Arguments.of("cut at login-response header", at("login-response", 1, Where.HEADER)),
        Arguments.of("cut at r2t 2 after", at("r2t", 2, Where.AFTER)),
        Arguments.of("cut at scsi-response 9 before", at("scsi-response", 9, Where.BEFORE)),
        Arguments.of(
            "flap up 300ms down 200ms", new Impairment.Flap(300, 200, Impairment.Kind.RESET)),
        Arguments.of(
            "flap up 1s down 2s silent-drop",
            new Impairment.Flap(1000, 2000, Impairment.Kind.SILENT_DROP)),
        Arguments.of(
            "flap up 1s down 2s stall", new Impairment.Flap(1000, 2000, Impairment.Kind.STALL)),
        Arguments.of(
            "flap up 1s down 2s refuse", new Impairment.Flap(1000, 2000, Impairment.Kind.REFUSE)));
  }

  @ParameterizedTest
  @MethodSource("impairments")
  void wordsAreReadAndWrittenAgain(String words, Impairment meaning) {
    FaultWords.Effect effect = FaultWords.parse(words);
    assertThat(effect.how()).contains(meaning);
    assertThat(effect.action()).isEmpty();
    assertThat(FaultWords.parse(FaultWords.write(meaning)).how())
        .as(FaultWords.write(meaning))
        .contains(meaning);
  }

  @ParameterizedTest
  @EnumSource
  void everyPduHasItsWord(Opcode opcode) {
    String word = opcode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    assertThat(FaultWords.parse("cut at " + word + " 2 data").how())
        .contains(at(word, 2, Where.DATA));
  }

  @ParameterizedTest
  @CsvSource({
    "pause,PAUSE,''",
    "stop,STOP,''",
    "kill,KILL,''",
    "remove,REMOVE,''",
    "replace,REPLACE,''",
    "fail-over,FAIL_OVER,''",
    "maintenance,MAINTENANCE,''",
    "access-state standby,ACCESS_STATE,standby",
    "access-state  active/non-optimized,ACCESS_STATE,active/non-optimized",
    "down,DOWN,''",
    "request-logout,REQUEST_LOGOUT,''",
    "request-logout 5s,REQUEST_LOGOUT,5",
    "request-logout 2000ms,REQUEST_LOGOUT,2",
    "hold-commands,HOLD_COMMANDS,''",
    "async-event sense 0 6/2a/06,ASYNC_EVENT,sense 0 6/2a/06",
    "async-event drop-connection,ASYNC_EVENT,drop-connection",
    "async-event drop-connection 2s,ASYNC_EVENT,drop-connection 2",
    "async-event drop-session 2000ms,ASYNC_EVENT,drop-session 2",
    "async-event renegotiate 8KiB,ASYNC_EVENT,renegotiate 8192",
    "async-event renegotiate 512B 3s,ASYNC_EVENT,renegotiate 512 3",
    "async-event vendor 66,ASYNC_EVENT,vendor 66",
    "rebalance,REBALANCE,''",
    "firmware-restart,FIRMWARE_RESTART,''",
    "defect stale-read,DEFECT,stale-read"
  })
  void actionsAreReadAndWrittenAgain(String words, ArrayAction.Kind kind, String detail) {
    FaultWords.Effect effect = FaultWords.parse(words);
    ArrayAction action = new ArrayAction(kind, detail);
    assertThat(effect.action()).contains(action);
    assertThat(effect.how()).isEmpty();
    assertThat(FaultWords.parse(action.text()).action()).as(action.text()).contains(action);
    Fault fault =
        new Fault(0, "x", Optional.empty(), effect.action(), Direction.BOTH, Optional.empty());
    assertThat(new ResolvedFault(fault, java.util.List.of(), java.util.List.of()).text())
        .isEqualTo("x " + action.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stal | stal is unknown | did you mean stall?
          flapp up 1s down 1s | flapp is unknown | did you mean flap?
          firmware | firmware is unknown |
          stall now | words too many | remove now
          fin 3 | words too many | remove 3
          rebalance all | words too many | remove all
          down hard | words too many | remove hard
          cut | is no place to cut | cut after 10KiB
          cut here | is no place to cut | cut at data-out 3 data
          cut after | is no place to cut | cut after 10KiB
          cut after 10 | 10 is no size | binary unit
          cut after 10KiB 3 | is no place to cut | cut after
          cut at | is no place to cut | cut at data-out
          cut at data-outs | data-outs is no PDU | did you mean data-out?
          cut at data-out 0 | 0 is no whole number from 1 | write one
          cut at data-out 3 middle | middle is unknown | before, data, header
          cut at data-out 3 data 4 | is no place to cut | cut after
          cut at data-out data 4 | is no place to cut | cut after
          flap | is no flapping | flap up 300ms down 200ms
          flap up 300ms | is no flapping | flap up 300ms down 200ms
          flap down 300ms up 200ms | is no flapping | flap up 300ms down 200ms
          flap up 0ms down 1s | no time at all | above 0
          flap up 1s down 0 | no time at all | above 0
          flap up 1s down 1s latency | latency is unknown | silent-drop
          flap up 1s down 1s reset now | is no flapping | flap up
          access-state | no access state is named | standby
          access-state ready | ready is no access state | active/optimized, active/non-optimized, standby, unavailable
          request-logout 5 | 5 is no duration | 500ms
          request-logout 500ms | is not a whole number of seconds | RFC 7143 section 11.9.3
          request-logout 19h | is not a whole number of seconds up to 65535 | request-logout 5s
          hold-commands 3s | words too many | remove 3s
          async-event | names no message | sense 0 6/2a/06
          async-event 1 | 1 is no asynchronous message | event 1 is request-logout
          async-event sense 0 | sense 0 is no asynchronous message | a LUN, then sense key
          async-event sense 256 6/2a/06 | 256 is no whole number from 0 to 255 |
          async-event sense 0 6/2a | 6/2a is no sense key | 6/2a/06
          async-event drop-session 2 | 2 is no duration | 500ms
          async-event drop-session 500ms | is not a whole number of seconds | write drop-session, or drop-session 5s
          async-event renegotiate | renegotiate is no asynchronous message | renegotiate 8KiB
          async-event renegotiate 8 | 8 is no size | unit
          async-event renegotiate 511B | 511B is no MaxRecvDataSegmentLength | 512B to 16777215B
          async-event renegotiate 16MiB | 16MiB is no MaxRecvDataSegmentLength | 512B to 16777215B
          async-event vendor | vendor is no asynchronous message | vendor 66
          async-event vendor 256 | 256 is no whole number from 0 to 255 |
          async-event vendor 1 2 | is no asynchronous message | vendor 66
          defect | defect wants one name | defect stale-read
          defect stale read | defect wants one name | defect stale-read
          """)
  void whatIsWrongIsTold(String words, String what, String remedy) {
    BadValueException refused =
        catchThrowableOfType(BadValueException.class, () -> FaultWords.parse(words));
    assertThat(refused).as("accepted: %s", words).isNotNull();
    assertThat(refused.getMessage()).contains(what);
    assertThat(refused.remedy()).contains(remedy == null ? "" : remedy);
  }

  @Test
  void whereAnActionIsPossibleIsSaid() {
    assertThat(ArrayAction.Kind.DOWN.places()).containsExactly(ArrayAction.Place.PORT);
    assertThat(ArrayAction.Kind.REQUEST_LOGOUT.places()).hasSize(3);
    assertThat(Stream.of(ArrayAction.Kind.values()).filter(ArrayAction.Kind::momentary))
        .containsExactly(
            ArrayAction.Kind.REQUEST_LOGOUT,
            ArrayAction.Kind.ASYNC_EVENT,
            ArrayAction.Kind.REBALANCE,
            ArrayAction.Kind.FIRMWARE_RESTART);
  }
}
