package io.pathproof.protocol.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of RFC 7143 section 4.2.7, prepared as RFC 3722 has it. */
class IscsiNameTest {
  @ParameterizedTest
  @Tag("rfc7143:4.2.7.1-b")
  @CsvSource({
    "iqn.2001-04.com.Example:Storage.DISK2, iqn.2001-04.com.example:storage.disk2",
    "eui.02004567A425678D, eui.02004567a425678d",
    "naa.52004567ba64678d, naa.52004567ba64678d",
    "AZaz09-.:, azaz09-.:"
  })
  void capitalLettersAreMadeSmall(String written, String prepared) {
    assertThat(IscsiName.prepare(written)).isEqualTo(prepared);
    assertThat(IscsiName.prepare(prepared)).isEqualTo(prepared);
  }

  @Test
  @Tag("rfc7143:4.2.7.1-b")
  void everyOtherCharacterIsRefusedWithItsPlace() {
    for (int c = 0; c < 0x3100; c++) {
      String written = "iqn." + Character.toString(c) + "x";
      if ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:".indexOf(c) >= 0) {
        assertThat(IscsiName.problem(written)).as(written).isEmpty();
      } else {
        String code = "U+%04X at character 5: write letters".formatted(c);
        assertThat(IscsiName.problem(written)).as(code).get().asString().contains(code);
      }
    }
  }

  @ParameterizedTest
  @Tag("rfc7143:4.2.7.1-b")
  @CsvSource({
    "iqn.2001-04.com.example:disk_2, '''_'', U+005F at character 29: write letters'",
    "iqn.2001-04.com.example:a b, has U+0020 at character 26",
    "iqn.2001-04.com.exämple:a, has U+00E4 at character 19",
    // beyond the basic plane: one character, though two chars
    "iqn.😀, has U+1F600 at character 5"
  })
  void whatIsNoNameIsRefusedWithPlaceAndRemedy(String written, String problem) {
    assertThatThrownBy(() -> IscsiName.prepare(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(written)
        .hasMessageContaining(problem)
        .hasMessageEndingWith("'-', '.' and ':' alone (RFC 3722)");
  }

  @Test
  @Tag("rfc7143:4.2.7.1-a")
  void aNameHas1To223Bytes() {
    String longest = "iqn." + "a".repeat(219);
    assertThat(IscsiName.prepare(longest)).isEqualTo(longest);
    assertThat(IscsiName.problem(longest + "a"))
        .get()
        .asString()
        .endsWith("224 bytes: write 1 to 223");
    assertThat(IscsiName.problem("")).contains("'' has 0 bytes: write 1 to 223");
  }

  @Test
  void controlCharactersAndLengthOfABadNameDoNotSpoilTheMessage() {
    assertThat(IscsiName.problem("iqn.\u001b[31m"))
        .get()
        .asString()
        .startsWith("'iqn.?[31m' has U+001B");
    assertThat(IscsiName.problem("_" + "a".repeat(100_000)))
        .get()
        .asString()
        .hasSizeLessThan(400)
        .contains("…");
  }

  @ParameterizedTest
  @Tag("rfc7143:4.2.7.1-b")
  @ValueSource(strings = {"iqn.2000-01.com.example:NAS", "iqn.2000-01.com.example:a_B", "iqn.Ä"})
  void aNameThatWasToldIsComparedInSmallLettersAndOtherwiseAsItIs(String told) {
    assertThat(IscsiName.same(told, told.replace("NAS", "nas").replace('B', 'b'))).isTrue();
    assertThat(IscsiName.same(told, told + "x")).isFalse();
    assertThat(IscsiName.same(told, told.replace('a', 'b').replace('A', 'b').replace('Ä', 'ä')))
        .isFalse();
  }
}
