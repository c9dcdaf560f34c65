package io.sluice.engine.registry.device;

import io.sluice.api.adapter.Admission.Grant;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The registry in memory: immutable entries behind an index for each key. Look-ups take no lock and
 * allocate nothing; changes are serialized by the owner ({@link DeviceStore}) and cost the same
 * however many devices there are, so that a bulk import is linear.
 *
 * <p>Each entry has a {@link Grant} that changes when a session which was admitted before must not
 * go on: a session compares it when it begins.
 *
 * <p>Iteration is weakly consistent: each entry is seen whole, as it was at some moment of the
 * iteration.
 */
public final class DeviceIndex {
  private final ConcurrentMap<String, DeviceEntry> byId = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<String, DeviceEntry> ordered = new ConcurrentSkipListMap<>();
  private final ConcurrentMap<String, String> idByTokenHash = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, String> idByPskIdentity = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, String> idByCertificate = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, String> idByPublicKey = new ConcurrentHashMap<>();

  /** Of a grant; guarded by the owner's lock, as every change. */
  private long lastNumber;

  @Nullable
  public DeviceEntry find(String id) {
    return byId.get(id);
  }

  @Nullable
  public DeviceEntry findByTokenHash(String hash) {
    return resolve(idByTokenHash.get(hash));
  }

  @Nullable
  public DeviceEntry findByPskIdentity(String identity) {
    return resolve(idByPskIdentity.get(identity));
  }

  @Nullable
  public DeviceEntry findByCertificate(String subject) {
    return resolve(idByCertificate.get(subject));
  }

  @Nullable
  public DeviceEntry findByPublicKey(String digest) {
    return resolve(idByPublicKey.get(digest));
  }

  private @Nullable DeviceEntry resolve(@Nullable String id) {
    return id == null ? null : byId.get(id);
  }

  /** In the order of ids, strictly after the given one. */
  public Iterable<DeviceEntry> after(@Nullable String id) {
    return id == null ? ordered.values() : ordered.tailMap(id, false).values();
  }

  public Collection<DeviceEntry> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  public int size() {
    return byId.size();
  }

  /** Shows the entry from now on, with the grant that it then has. */
  void put(DeviceEntry given) {
    DeviceEntry known = byId.get(given.id());
    show(
        given.granted(
            known == null
                ? new Grant(++lastNumber, lastNumber)
                : CredentialGracePeriods.isStillValid(known, given)
                    ? known.grant()
                    : new Grant(known.grant().registration(), ++lastNumber)));
  }

  /** As {@link #put}, where the credentials are the same, kept in another form. */
  void putSame(DeviceEntry given) {
    DeviceEntry known = byId.get(given.id());
    show(known == null ? given : given.granted(known.grant()));
  }

  private void show(DeviceEntry entry) {
    DeviceEntry before = byId.put(entry.id(), entry);
    ordered.put(entry.id(), entry);
    if (before != null) {
      dropKeys(before);
    }
    StoredDevice.Previous previous = entry.previous();
    if (previous != null) {
      putKeys(previous.credentials(), entry.id());
    }
    putKeys(entry.credentials(), entry.id());
  }

  private void putKeys(StoredCredentials credentials, String id) {
    putKey(idByTokenHash, credentials.tokenHash(), id);
    putKey(idByPskIdentity, credentials.pskIdentity(), id);
    putKey(idByCertificate, credentials.certificate(), id);
    putKey(idByPublicKey, credentials.publicKey(), id);
  }

  void remove(String id) {
    DeviceEntry before = byId.remove(id);
    ordered.remove(id);
    if (before != null) {
      dropKeys(before);
    }
  }

  private void dropKeys(DeviceEntry entry) {
    StoredDevice.Previous previous = entry.previous();
    if (previous != null) {
      dropKeys(previous.credentials(), entry.id());
    }
    dropKeys(entry.credentials(), entry.id());
  }

  private void dropKeys(StoredCredentials credentials, String id) {
    dropKey(idByTokenHash, credentials.tokenHash(), id);
    dropKey(idByPskIdentity, credentials.pskIdentity(), id);
    dropKey(idByCertificate, credentials.certificate(), id);
    dropKey(idByPublicKey, credentials.publicKey(), id);
  }

  private static void putKey(ConcurrentMap<String, String> index, @Nullable String key, String id) {
    if (key != null) {
      index.put(key, id);
    }
  }

  private static void dropKey(
      ConcurrentMap<String, String> index, @Nullable String key, String id) {
    if (key != null) {
      index.remove(key, id);
    }
  }
}
