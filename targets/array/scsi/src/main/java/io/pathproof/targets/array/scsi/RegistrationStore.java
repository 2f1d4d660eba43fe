package io.pathproof.targets.array.scsi;

import java.util.Optional;

/**
 * Keeps persistent reservations over a loss of power (APTPL; SPC-4 clause 5.13.5). Called on the
 * array's thread; what is slow belongs elsewhere.
 */
public interface RegistrationStore {
  /**
   * @param kept what is to survive; empty if nothing is any more
   */
  void save(String volume, Optional<KeptReservations> kept);

  /** What was saved last; empty if nothing was. */
  Optional<KeptReservations> load(String volume);

  /** Keeps nothing: PTPL_C is then reported as 0 and APTPL refused. */
  RegistrationStore NONE =
      new RegistrationStore() {
        @Override
        public void save(String volume, Optional<KeptReservations> kept) {}

        @Override
        public Optional<KeptReservations> load(String volume) {
          return Optional.empty();
        }
      };

  /** Keeps them in memory: survives a restart of the array within one process. */
  static RegistrationStore inMemory() {
    return new RegistrationStore() {
      private final java.util.Map<String, KeptReservations> all = new java.util.HashMap<>();

      @Override
      public void save(String volume, Optional<KeptReservations> kept) {
        kept.ifPresentOrElse(k -> all.put(volume, k), () -> all.remove(volume));
      }

      @Override
      public Optional<KeptReservations> load(String volume) {
        return Optional.ofNullable(all.get(volume));
      }
    };
  }
}
