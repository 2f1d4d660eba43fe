package io.pathproof.initiator.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/**
 * The paths of a device in order of preference, which is that of their numbers ({@link
 * LuPath#index}). Paths join; none leaves. Found without an object for each look-up, as every I/O
 * asks.
 */
final class DevicePaths implements Iterable<LuPath> {
  private List<LuPath> all = List.of();
  private int[] numbers = {};

  void add(LuPath path) {
    List<LuPath> joined = new ArrayList<>(all);
    joined.add(path);
    joined.sort(Comparator.comparingInt(each -> each.index));
    all = List.copyOf(joined);
    numbers = all.stream().mapToInt(each -> each.index).toArray();
  }

  /** The path with this number; there has to be one. */
  LuPath numbered(int number) {
    return all.get(Arrays.binarySearch(numbers, number));
  }

  /** As they are now. */
  List<LuPath> list() {
    return all;
  }

  @Override
  public Iterator<LuPath> iterator() {
    return all.iterator();
  }
}
