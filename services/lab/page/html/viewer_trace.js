// The trace that a page shows: its spans by index, its tree of rows, and what a search finds. Nothing here touches the page.

export const kinds = ["", "internal", "server", "client", "producer", "consumer"];

const foldAt = 3; // siblings of one operation that become one row, as in the doctor's reports

// A node is a row of the tree: one span, or siblings of the same operation. Its rows below are made when they are needed.
class Node {
  constructor(spans, parent, depth, folded) {
    this.spans = spans;
    this.parent = parent;
    this.depth = depth;
    this.open = true;
    this.folded = folded; // of several siblings
    this.split = false; // each sibling has a row of its own below this one
    this.kids = null;
  }
}

export class Trace {
  constructor(doc) {
    Object.assign(this, doc);
    this.count = this.spans.id.length;
    this.failed = new Map();
    for (let i = 0; i < (this.spans.failed ?? []).length; i += 2) this.failed.set(this.spans.failed[i], this.strings[this.spans.failed[i + 1]]);
    this.databases = new Set(this.spans.database ?? []);
    this.orphans = new Set(this.spans.orphan ?? []);
    this.marks = new Map(); // of spans: numbers of findings
    for (const f of this.findings) for (const s of f.spans) this.marks.set(s, [...(this.marks.get(s) ?? []), f.n]);
    this.children = this.#children();
    this.order = this.#order();
    this.position = new Map(this.order.map((i, k) => [i, k]));
    this.path = this.#critical();
    this.index = new Map(this.spans.id.map((id, i) => [id, i]));
    this.rowOf = new Map(); // of spans: the nodes that have been made
    this.tops = this.#fold(this.roots, null, 0, false);
  }

  name(i) { return this.strings[this.spans.name[i]]; }
  service(i) { return this.services[this.spans.service[i]]; }
  // colour is the class of a span's colour.
  colour(i) { return `h${this.service(i).hue}${this.databases.has(i) ? " db" : ""}`; }
  begin(i) { return this.spans.start[i]; }
  finish(i) { return this.spans.start[i] + this.spans.duration[i]; }

  // pairs are the names and values of a list of attributes.
  pairs(list) {
    const pairs = [];
    for (let i = 0; i < (list ?? []).length; i += 2) pairs.push([this.strings[list[i]], this.strings[list[i + 1]]]);
    return pairs;
  }

  #children() {
    const lists = Array.from({ length: this.count }, () => []);
    this.roots = [];
    for (let i = 0; i < this.count; i++) (this.spans.parent[i] < 0 ? this.roots : lists[this.spans.parent[i]]).push(i);
    return lists;
  }

  // #order lists all spans, parents first, as an unfolded tree has them.
  #order() {
    const order = [], stack = this.roots.toReversed();
    while (stack.length) {
      const i = stack.pop();
      order.push(i);
      for (let k = this.children[i].length - 1; k >= 0; k--) stack.push(this.children[i][k]);
    }
    return order;
  }

  #critical() {
    const path = new Map();
    for (let i = 0; i < this.critical.length; i += 3) {
      const at = this.critical[i];
      if (!path.has(at)) path.set(at, []);
      path.get(at).push(this.critical[i + 1], this.critical[i + 2]);
    }
    return path;
  }

  // #operation is what siblings of one row have in common.
  #operation(i) {
    const callee = this.children[i].find((c) => this.spans.service[c] !== this.spans.service[i]);
    const called = callee === undefined ? "" : this.spans.service[callee] + " " + plain(this.name(callee));
    return `${this.spans.service[i]} ${this.spans.kind[i]} ${this.orphans.has(i)} ${plain(this.name(i))} → ${called}`;
  }

  #fold(siblings, parent, depth, always) {
    const counts = new Map(), operations = siblings.map((i) => this.#operation(i));
    for (const o of operations) counts.set(o, (counts.get(o) ?? 0) + 1);
    const rows = [], folded = new Map();
    siblings.forEach((i, k) => {
      const o = operations[k];
      let row = folded.get(o);
      if (row) {
        row.spans.push(i);
        row.folded = true;
      } else {
        row = new Node([i], parent, depth, false);
        rows.push(row);
        if (always || counts.get(o) >= foldAt) folded.set(o, row);
      }
      this.rowOf.set(i, row);
    });
    return rows;
  }

  // below are the rows below a row.
  below(node) {
    if (node.kids) return node.kids;
    if (node.split) {
      node.kids = node.spans.map((i) => new Node([i], node, node.depth + 1, false));
      for (const kid of node.kids) this.rowOf.set(kid.spans[0], kid);
    } else {
      const all = node.spans.length === 1 ? this.children[node.spans[0]] : node.spans.flatMap((i) => this.children[i]).sort((a, b) => a - b);
      node.kids = this.#fold(all, node, node.depth + 1, node.folded);
    }
    return node.kids;
  }

  // hasBelow reports whether a row has rows below, without making them.
  hasBelow(node) { return node.split || node.spans.some((i) => this.children[i].length > 0); }

  // split shows the siblings of a row one by one, or together again.
  split(node, on) {
    node.split = on;
    node.open = on || node.open;
    node.kids = null;
    for (const i of node.spans) this.rowOf.set(i, node);
  }

  // visible lists the rows of the tree that are not in a closed one.
  visible() {
    const rows = [], stack = this.tops.toReversed();
    while (stack.length) {
      const node = stack.pop();
      rows.push(node);
      if (!node.open || !this.hasBelow(node)) continue;
      const kids = this.below(node);
      kids.forEach((kid, i) => (kid.place = [i + 1, kids.length]));
      for (let i = kids.length - 1; i >= 0; i--) stack.push(kids[i]);
    }
    this.tops.forEach((top, i) => (top.place = [i + 1, this.tops.length]));
    return rows;
  }

  // reveal opens what is above a span, and returns its row.
  reveal(i) {
    const above = [];
    for (let s = i; s >= 0; s = this.spans.parent[s]) above.push(s);
    let node = null;
    for (const s of above.reverse()) {
      if (node) {
        node.open = true;
        this.below(node);
        if (node.split) { // the row of the span itself is below
          const own = node.kids.find((kid) => kid.spans[0] === this.spans.parent[s]);
          if (own) {
            node = own;
            node.open = true;
            this.below(node);
          }
        }
      }
      node = this.rowOf.get(s);
      if (node.split) {
        node.open = true;
        node = this.below(node).find((kid) => kid.spans[0] === s) ?? node;
      }
    }
    return node;
  }

  // search returns the spans with a text in a name, a service, an attribute, a reason or an id, in the order of the tree. With an equals sign
  // it is the name and the value of an attribute.
  search(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    const has = this.strings.map((s) => s.toLowerCase().includes(wanted));
    const services = this.services.map((s) => s.name.toLowerCase().includes(wanted));
    const [key, value] = wanted.includes("=") ? [wanted.slice(0, wanted.indexOf("=")).trim(), wanted.slice(wanted.indexOf("=") + 1).trim()] : [null, null];
    const keys = key === null ? null : this.strings.map((s) => s.toLowerCase().includes(key));
    const values = key === null ? null : this.strings.map((s) => s.toLowerCase().includes(value));
    const inAttrs = (list) => {
      for (let k = 0; k < (list ?? []).length; k += 2) {
        if (has[list[k]] || has[list[k + 1]] || (keys && keys[list[k]] && values[list[k + 1]])) return true;
      }
      return false;
    };
    const { name, service, attrs, events, id } = this.spans;
    return this.order.filter((i) => has[name[i]] || services[service[i]] || id[i] === wanted || inAttrs(attrs[i]) ||
      (events[i] ?? []).some((e) => has[e.name] || inAttrs(e.attrs)) || this.failed.get(i)?.toLowerCase().includes(wanted));
  }
}

// plain is a name without the numbers between dots, which GraphQL's resolvers have.
const plain = (name) => (name.includes(".") ? name.replace(/\.\d+\b/g, ".*") : name);

// time writes microseconds with a unit and three digits, as the doctor does.
export function time(us) {
  if (us < 0) return "−" + time(-us);
  if (us < 1000) return `${Math.round(us)} µs`;
  for (const [unit, name, below] of [[1e3, "ms", 999500], [1e6, "s", 99.95e6], [60e6, "min", 7200e6], [3600e6, "h", Infinity]]) {
    if (us < below) return `${Number((us / unit).toPrecision(3))} ${name}`;
  }
}
