package io.pathproof.protocol.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Serial numbers and ISIDs. */
class NumbersTest {
  @Test
  @Tag("rfc7143:4.2.2.1-a")
  void serialNumbersCompareAcrossTheWrap() {
    assertThat(SerialNumber.lessThan(1, 2)).isTrue();
    assertThat(SerialNumber.lessThan(2, 1)).isFalse();
    assertThat(SerialNumber.lessThan(0xffffffff, 0)).isTrue();
    assertThat(SerialNumber.lessThan(0x7fffffff, 0x80000000)).isTrue();
    assertThat(SerialNumber.lessThan(5, 5)).isFalse();
    assertThat(SerialNumber.lessOrEqual(5, 5)).isTrue();
    assertThat(SerialNumber.max(0xfffffffe, 3)).isEqualTo(3);
  }

  @Test
  void numbersHalfTheSpaceApartHaveNoOrder() {
    assertThat(SerialNumber.lessThan(0, 0x80000000)).isFalse();
    assertThat(SerialNumber.lessThan(0x80000000, 0)).isFalse();
  }

  @Test
  @Tag("rfc7143:4.2.2.1-b")
  void theCommandWindowMayWrapOrBeClosed() {
    assertThat(SerialNumber.inWindow(0, 0xfffffffe, 2)).isTrue();
    assertThat(SerialNumber.inWindow(3, 0xfffffffe, 2)).isFalse();
    assertThat(SerialNumber.inWindow(0xfffffffd, 0xfffffffe, 2)).isFalse();
    assertThat(SerialNumber.inWindow(7, 7, 6)).isFalse();
    assertThat(SerialNumber.inWindow(7, 7, 7)).isTrue();
  }

  @Test
  @Tag("rfc7143:11.12-d")
  void isidsHaveTheirPartsWhereTheStandardPutsThem() {
    assertThat(Isid.oui(0x00023d, 1)).hasToString("00023d000001");
    assertThat(Isid.oui(0x00023d, 0xabcdef).qualifier()).isEqualTo(0xabcdef);
    assertThat(Isid.oui(0x00023d, 1).namingAuthority()).isEqualTo(0x23d);
    assertThat(Isid.enterpriseNumber(0x123456, 0x789a)).hasToString("40123456789a");
    Isid random = Isid.random(0xdeadbe, 0xef01);
    assertThat(random).hasToString("80deadbeef01");
    assertThat(random.type()).isEqualTo(Isid.Type.RANDOM);
    assertThat(random.namingAuthority()).isEqualTo(0xdeadbe);
    assertThat(random.qualifier()).isEqualTo(0xef01);
    assertThat(new Isid(0xc00000000000L).type()).isEqualTo(Isid.Type.RESERVED);
    assertThatThrownBy(() -> new Isid(1L << 48)).isInstanceOf(IllegalArgumentException.class);
  }
}
