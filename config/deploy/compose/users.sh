#!/bin/bash
# Run by PostgreSQL's container when it makes the database: the users as whom gateways and the fleet's view sign in. What
# they may do, sluice fleet init gives them.
set -euo pipefail
for user in gw view; do
  psql --no-psqlrc -v ON_ERROR_STOP=1 --quiet -U "$POSTGRES_USER" -d "${POSTGRES_DB:-$POSTGRES_USER}" \
    -v "name=sluice_$user" -v "password=$(cat "/run/secrets/$user-password")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
SQL
done
