-- Configurations that the fleet gives to its gateways, and what the gateways say of them.

create table sluice.configuration (
  version       bigint generated always as identity primary key,
  pushed_by     text not null,
  pushed_at     timestamptz not null default now(),
  note          text not null,
  -- ids of gateways; empty: all of the region
  gateways      text[] not null,
  -- null: every region
  region        text,
  trial_seconds integer not null check (trial_seconds between 1 and 3600),
  sha256        text not null
);

create table sluice.configuration_file (
  version bigint not null references sluice.configuration on delete cascade,
  path    text not null,
  content bytea not null,
  primary key (version, path)
);

create table sluice.configuration_report (
  gateway text not null,
  version bigint not null references sluice.configuration on delete cascade,
  step    text not null check (step in ('REFUSED', 'ON_TRIAL', 'CONFIRMED', 'RETURNED')),
  detail  text not null,
  said_at timestamptz not null default now(),
  primary key (gateway, version)
);
