// Leafing through a list that the API gives by cursors: forwards by the last page's, back by those before.
export class Leaf {
  constructor() {
    this.first();
  }

  first() {
    this.cursors = [""];
    this.next = null;
    this.length = 0;
    this.lengths = [];
  }

  get cursor() {
    return this.cursors.at(-1);
  }

  get hasBefore() {
    return this.cursors.length > 1;
  }

  get hasNext() {
    return this.next !== null;
  }

  // What came for the cursor: how many rows, and where the next page begins, or null.
  came(length, next) {
    this.length = length;
    this.next = next ?? null;
  }

  forward() {
    if (!this.hasNext) return;
    this.lengths.push(this.length);
    this.cursors.push(this.next);
    this.next = null;
  }

  back() {
    if (!this.hasBefore) return;
    this.cursors.pop();
    this.lengths.pop();
  }

  // The first and the last row of the page, counted from 1; none where it is empty.
  range() {
    const before = this.lengths.reduce((sum, each) => sum + each, 0);
    return this.length ? [before + 1, before + this.length] : null;
  }
}
