-- Configurations that want a restart, and those that go to their gateways in stages.

alter table sluice.configuration
  -- whether a gateway may end its process to try what takes effect with a restart only
  add column restart boolean not null default false,
  -- ids of those of the audience that may have it already; null: all
  add column released text[];
