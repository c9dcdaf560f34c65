// Who has signed in, and what that role may do. The gateway decides; the page only does not offer it.
const RANKS = ["viewer", "operator", "administrator"];
let known = null;

export const who = () => known;

export function setWho(next) {
  known = next;
}

// An older gateway does not tell: then all is offered.
export const may = (role) => known === null || RANKS.indexOf(known.role) >= RANKS.indexOf(role);
