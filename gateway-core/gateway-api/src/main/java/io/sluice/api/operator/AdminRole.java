package io.sluice.api.operator;

/** What a user of the admin listener may do; each may do what those before it may. */
public enum AdminRole {
  /** Sees figures, devices, records and dead letters. */
  VIEWER,
  /** Sends commands, retires devices, handles alarms. */
  OPERATOR,
  /** Changes devices and credentials, sees the audit trail. */
  ADMINISTRATOR;

  public boolean mayDoWhat(AdminRole other) {
    return compareTo(other) >= 0;
  }
}
