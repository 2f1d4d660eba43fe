package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How listeners are told, whatever they do. */
class OutletTest {
  private final Outlet outlet = new Outlet(new ScriptedTarget(ScriptedTarget.settings()));
  private final List<String> told = new ArrayList<>();

  private void fails(String name) {
    outlet.later(
        () -> {
          told.add(name);
          throw new IllegalStateException(name);
        });
  }

  @Test
  @DisplayName("One listener's fault keeps nothing from the others, and is not hidden")
  void allAreTold() {
    outlet.later(() -> told.add("a"));
    fails("b");
    outlet.later(() -> told.add("c"));
    fails("d");
    outlet.later(() -> told.add("e"));
    assertThatThrownBy(outlet::deliver)
        .hasMessage("b")
        .satisfies(
            first ->
                assertThat(first.getSuppressed()).extracting(Throwable::getMessage).contains("d"));
    assertThat(told).containsExactly("a", "b", "c", "d", "e");
    outlet.deliver();
    assertThat(told).as("each once").hasSize(5);
  }

  @Test
  @DisplayName("What a listener causes is told after the others, in the same turn")
  void inTurn() {
    outlet.later(
        () -> {
          outlet.later(() -> told.add("c"));
          outlet.deliver();
          told.add("a");
        });
    outlet.later(() -> told.add("b"));
    outlet.deliver();
    assertThat(told).containsExactly("a", "b", "c");
  }
}
