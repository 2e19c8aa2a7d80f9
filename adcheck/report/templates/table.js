"use strict";
// A table of marks as text, written and read as adcheck.marking does it.
const table = (() => {
  const columns = ["student", "item", "points", "comment", "reason"];
  const formula = /^'*[=+\-@\t\r\n＝＋－＠]/; // a spreadsheet would take such a cell for one

  const guarded = (cell) => (formula.test(cell) ? `'${cell}` : cell);
  const bare = (cell) => (cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell);
  const quoted = (cell) => (/["\n\r,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

  function write(rows) {
    return [columns, ...rows].map((row) => row.map(guarded).map(quoted).join(",") + "\n").join("");
  }

  // Its rows; null for what is no table.
  function read(text) {
    const body = text.replace(/^\ufeff/, "");
    const head = body.split("\n", 1)[0];
    const mark = [",", ";", "\t"].sort((a, b) => head.split(b).length - head.split(a).length)[0];
    const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${mark}\\r\\n][^${mark}\\r\\n]*)?)(${mark}|\\r?\\n|\\r|$)`, "y");
    const rows = [[]];
    while (cell.lastIndex < body.length) {
      const found = cell.exec(body);
      if (!found) return null;
      rows.at(-1).push(bare(found[1]?.replaceAll('""', '"') ?? found[2] ?? ""));
      if (found[3] !== mark) rows.push([]);
    }
    return rows.filter((row) => row.some((value) => value.trim()));
  }

  return { columns, read, write };
})();
