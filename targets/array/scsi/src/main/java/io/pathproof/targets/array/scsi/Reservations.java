package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AdditionalSense;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Persistent reservations of one logical unit (SPC-4 clause 5.13). Keys of nothing but numbers and
 * names: a nexus that logs in again is the same.
 */
final class Reservations {
  static final int WRITE_EXCLUSIVE = 1;
  static final int EXCLUSIVE_ACCESS = 3;
  static final int WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5;
  static final int EXCLUSIVE_ACCESS_REGISTRANTS_ONLY = 6;
  static final int WRITE_EXCLUSIVE_ALL_REGISTRANTS = 7;
  static final int EXCLUSIVE_ACCESS_ALL_REGISTRANTS = 8;
  private static final int MAX_REGISTRATIONS = 256;

  /** An I_T nexus as reservations know it. */
  record Holder(String initiatorName, long isid, int relativePortId) {
    static Holder of(Nexus nexus) {
      return new Holder(nexus.initiatorName(), nexus.isid(), nexus.relativePortId());
    }
  }

  private final String volume;
  private final RegistrationStore store;

  /** Raises a unit attention on a nexus, if that is known. */
  private final BiConsumer<Holder, AdditionalSense> raise;

  private final Map<Holder, Long> keys = new LinkedHashMap<>();
  private Holder holder;
  private int type;
  private int generation;
  private boolean keep;

  Reservations(String volume, RegistrationStore store, BiConsumer<Holder, AdditionalSense> raise) {
    this.volume = volume;
    this.store = store;
    this.raise = raise;
    store.load(volume).ifPresent(this::restore);
  }

  private void restore(KeptReservations kept) {
    List<Holder> all = new ArrayList<>();
    for (KeptReservations.Registration each : kept.registrations()) {
      Holder one = new Holder(each.initiatorName(), each.isid(), each.relativePortId());
      all.add(one);
      keys.put(one, each.key());
    }
    if (kept.type() != 0 && kept.holder() >= 0 && kept.holder() < all.size()) {
      type = kept.type();
      holder = all.get(kept.holder());
    }
    keep = true;
  }

  private void save() {
    if (!keep) {
      store.save(volume, Optional.empty());
      return;
    }
    List<KeptReservations.Registration> all = new ArrayList<>();
    int index = -1;
    for (Map.Entry<Holder, Long> each : keys.entrySet()) {
      Holder h = each.getKey();
      if (h.equals(holder)) {
        index = all.size();
      }
      all.add(
          new KeptReservations.Registration(
              h.initiatorName, h.isid, h.relativePortId, each.getValue()));
    }
    store.save(volume, Optional.of(new KeptReservations(all, type, index)));
  }

  int generation() {
    return generation;
  }

  /** In order of registration. */
  Map<Holder, Long> keys() {
    return keys;
  }

  /** The type of the reservation, 0 if there is none. */
  int type() {
    return type;
  }

  boolean keeps() {
    return keep;
  }

  boolean canKeep() {
    return store != RegistrationStore.NONE;
  }

  boolean allRegistrants() {
    return type == WRITE_EXCLUSIVE_ALL_REGISTRANTS || type == EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
  }

  private boolean sharedByRegistrants() {
    return type >= WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
  }

  /** True if the nexus holds the reservation; of an all registrants type every registrant does. */
  boolean holds(Holder nexus) {
    return type != 0 && (allRegistrants() ? keys.containsKey(nexus) : nexus.equals(holder));
  }

  /** The key of the reservation as READ RESERVATION gives it: 0 for all registrants. */
  long holderKey() {
    return allRegistrants() ? 0 : keys.getOrDefault(holder, 0L);
  }

  boolean empty() {
    return keys.isEmpty();
  }

  /** Refuses what the reservation of another nexus forbids (SPC-4 table 46). */
  void check(Nexus nexus, Operation.Conflict conflict) throws Refusal {
    if (conflict == Operation.Conflict.LEGACY && !keys.isEmpty()) {
      throw Refusal.conflict();
    }
    if (type == 0 || conflict != Operation.Conflict.READ && conflict != Operation.Conflict.WRITE) {
      return;
    }
    Holder asking = Holder.of(nexus);
    if (holds(asking) || sharedByRegistrants() && keys.containsKey(asking)) {
      return;
    }
    boolean exclusive =
        type == EXCLUSIVE_ACCESS
            || type == EXCLUSIVE_ACCESS_REGISTRANTS_ONLY
            || type == EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
    if (exclusive || conflict == Operation.Conflict.WRITE) {
      throw Refusal.conflict();
    }
  }

  /** The key has to be that of the nexus. */
  void checkKey(Holder nexus, long key) throws Refusal {
    Long own = keys.get(nexus);
    if (own == null || own != key) {
      throw Refusal.conflict();
    }
  }

  /**
   * REGISTER, and REGISTER AND IGNORE EXISTING KEY.
   *
   * @param also other nexuses to register with the key
   */
  void register(Holder nexus, long key, boolean aptpl, List<Holder> also) throws Refusal {
    if (keys.size() + 1 + also.size() > MAX_REGISTRATIONS) {
      throw Refusal.illegal(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES);
    }
    if (key == 0) {
      unregister(nexus);
      also.forEach(this::unregister);
    } else {
      keys.put(nexus, key);
      also.forEach(each -> keys.put(each, key));
    }
    keep = aptpl;
    changed();
  }

  private void changed() {
    generation++;
    save();
  }

  private void unregister(Holder nexus) {
    if (keys.remove(nexus) == null || type == 0) {
      return;
    }
    boolean over = allRegistrants() ? keys.isEmpty() : nexus.equals(holder);
    if (over) {
      boolean tell = sharedByRegistrants();
      type = 0;
      holder = null;
      if (tell) {
        keys.keySet().forEach(each -> raise.accept(each, AdditionalSense.RESERVATIONS_RELEASED));
      }
    } else if (nexus.equals(holder)) {
      holder = keys.keySet().iterator().next();
    }
  }

  static boolean validType(int type) {
    return type == WRITE_EXCLUSIVE
        || type == EXCLUSIVE_ACCESS
        || type >= WRITE_EXCLUSIVE_REGISTRANTS_ONLY && type <= EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
  }

  void reserve(Holder nexus, int wanted) throws Refusal {
    if (type != 0) {
      if (!holds(nexus) || wanted != type) {
        throw Refusal.conflict();
      }
      return;
    }
    type = wanted;
    holder = nexus;
    save();
  }

  void release(Holder nexus, int given) throws Refusal {
    if (!holds(nexus)) {
      return;
    }
    if (given != type) {
      throw Refusal.illegal(AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
    }
    boolean tell = sharedByRegistrants();
    type = 0;
    holder = null;
    if (tell) {
      tellOthers(nexus, AdditionalSense.RESERVATIONS_RELEASED);
    }
    save();
  }

  private void tellOthers(Holder nexus, AdditionalSense what) {
    for (Holder each : keys.keySet()) {
      if (!each.equals(nexus)) {
        raise.accept(each, what);
      }
    }
  }

  void clear(Holder nexus) {
    tellOthers(nexus, AdditionalSense.RESERVATIONS_PREEMPTED);
    keys.clear();
    type = 0;
    holder = null;
    changed();
  }

  /**
   * PREEMPT (SPC-4 clause 5.13.11.4).
   *
   * @return the nexuses whose registrations it removed
   */
  List<Holder> preempt(Holder nexus, long victimKey, int wanted) throws Refusal {
    boolean all = allRegistrants();
    boolean takes = type != 0 && (all ? victimKey == 0 : victimKey == holderKey());
    if (victimKey == 0 && !all) {
      throw Refusal.invalidParameter();
    }
    List<Holder> removed = new ArrayList<>();
    for (Map.Entry<Holder, Long> each : keys.entrySet()) {
      boolean victim = takes && all || each.getValue() == victimKey;
      if (victim && !each.getKey().equals(nexus)) {
        removed.add(each.getKey());
      }
    }
    boolean itself = keys.getOrDefault(nexus, 0L) == victimKey;
    if (removed.isEmpty() && !takes && !itself) {
      throw Refusal.conflict();
    }
    int before = type;
    removed.forEach(keys::remove);
    if (takes) {
      type = wanted;
      holder = nexus;
    } else if (type != 0 && !keys.containsKey(holder)) {
      holder = nexus;
    }
    removed.forEach(each -> raise.accept(each, AdditionalSense.REGISTRATIONS_PREEMPTED));
    if (takes && before != wanted) {
      tellOthers(nexus, AdditionalSense.RESERVATIONS_RELEASED);
    }
    changed();
    return removed;
  }

  /** REGISTER AND MOVE (SPC-4 clause 5.13.8). */
  void move(Holder nexus, Holder to, long key, boolean unregister, boolean aptpl) throws Refusal {
    if (allRegistrants() || !holds(nexus)) {
      throw Refusal.conflict();
    }
    if (key == 0 || to.equals(nexus)) {
      throw Refusal.invalidParameter();
    }
    if (keys.size() >= MAX_REGISTRATIONS) {
      throw Refusal.illegal(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES);
    }
    keys.put(to, key);
    holder = to;
    if (unregister) {
      keys.remove(nexus);
    }
    keep = aptpl;
    changed();
  }
}
