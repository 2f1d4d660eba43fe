package io.pathproof.initiator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds the ledger to the text of RFC 7143, which is not kept here and therefore no part of the
 * build's own tests: {@code -Dtest=Rfc7143TextRun -Drfc7143.text=FILE}, the RFC as published in
 * plain text.
 */
class Rfc7143TextRun {
  private static final Path LEDGER = Path.of("src/test/resources/rfc7143-ledger.txt");

  @Test
  void theLedgerHasEverySentenceOfTheText() throws IOException {
    String file = System.getProperty("rfc7143.text");
    assertThat(file).as("-Drfc7143.text=FILE names the text of the RFC").isNotNull();
    List<String> text = Files.readAllLines(Path.of(file));
    assertThat(Rfc7143Ledger.parse(Files.readAllLines(LEDGER)).sentences())
        .extracting(Rfc7143Ledger.Sentence::id)
        .containsExactlyElementsOf(Rfc7143Text.sentences(text));
  }
}
