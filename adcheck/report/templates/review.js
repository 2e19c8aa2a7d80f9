(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const { words } = data; // all that this script says, in the language of the page
  const rules = new Intl.PluralRules(document.documentElement.lang);
  const pages = document.querySelectorAll("template.submission");
  const desk = byId("desk");
  let state = { marks: {}, at: 0 };
  let current = 0; // which item of the submission that is shown
  let kept = true; // whether the browser's storage took the last change

  // ------------------------------------------------------------------ words

  const told = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const counted = (forms, count, values = {}) =>
    told(forms[rules.select(count)] ?? forms.other, { ...values, count });

  // ------------------------------------------------------------------ marks

  const empty = () => ({ points: "", comment: "", reason: "" });

  function markOf(submission, item) {
    const own = state.marks[submission.student];
    if (own && Object.hasOwn(own, item.id)) return own[item.id];
    return Object.hasOwn(submission.marks, item.id) ? submission.marks[item.id] : empty();
  }

  function setMark(submission, item, change) {
    const own = (state.marks[submission.student] ??= {});
    own[item.id] = { ...markOf(submission, item), ...change };
    save();
  }

  // What keeps a mark from counting; empty for one that counts and for none at all.
  function wrong(item, mark) {
    const text = mark.points.trim();
    if (!text) return mark.comment || mark.reason ? words.none : "";
    if (!/^[0-9]{1,9}([.,][0-9]{1,6})?$/.test(text)) return words.number;
    if (Number(text.replace(",", ".")) > item.most) return told(words.most, { points: item.most });
    if (item.machine && !mark.reason.trim()) return words.reason;
    return "";
  }

  const counts = (item, mark) => mark.points.trim() !== "" && !wrong(item, mark);
  const isLeft = (submission, item) => item.waits && !counts(item, markOf(submission, item));
  const left = (submission) => submission.items.filter((item) => isLeft(submission, item)).length;

  // ------------------------------------------------------------------ storage

  function save() {
    try {
      localStorage.setItem(data.key, JSON.stringify(state));
      kept = true;
    } catch {
      kept = false;
      notice(words.unkept);
    }
  }

  function load() {
    try {
      const saved = JSON.parse(localStorage.getItem(data.key));
      if (saved && typeof saved.marks === "object") state = saved;
    } catch {
      kept = false;
    }
    state.at = Math.min(Math.max(Math.trunc(state.at) || 0, 0), data.submissions.length - 1);
  }

  // ------------------------------------------------------------------ showing

  const shown = () => data.submissions[state.at];
  const cards = () => [...desk.querySelectorAll(".item")];
  const itemOf = (card) => shown().items.find((item) => item.id === card.dataset.item);

  function show(at, item = null) {
    if (!pages.length) return;
    state.at = at;
    desk.replaceChildren(pages[at].content.cloneNode(true));
    cards().forEach(fill);
    const ids = cards().map((card) => card.dataset.item);
    const first = shown().items.find((candidate) => isLeft(shown(), candidate));
    choose(Math.max(ids.indexOf(item ?? first?.id), 0));
    tell();
    scrollTo(0, 0);
    if (item) reveal();
  }

  function fill(card) {
    const item = itemOf(card);
    const mark = markOf(shown(), item);
    card.querySelector(".points").value = mark.points;
    card.querySelector(".comment").value = mark.comment;
    const reason = card.querySelector(".reason");
    if (reason) reason.value = mark.reason;
    mirror(card, item, mark);
    if (mark.points && item.machine) card.closest("details").open = true;
  }

  // Shows of a mark what is not typed: the button of its points, and whether it counts.
  function mirror(card, item, mark) {
    const points = mark.points.trim().replace(",", ".");
    for (const radio of card.querySelectorAll("input[type=radio]")) {
      radio.checked = points !== "" && Number(radio.value) === Number(points);
    }
    const fault = wrong(item, mark);
    card.querySelector(".wrong").textContent = fault;
    card.querySelector(".points").setAttribute("aria-invalid", String(fault !== ""));
    card.querySelector(".state").textContent = counts(item, mark) ? `→ ✎ ${told(words.by_hand, { points })}` : "";
  }

  function tell() {
    const open = data.submissions.filter(left).length;
    const marks = data.submissions.reduce((sum, submission) => sum + left(submission), 0);
    byId("remaining").textContent = marks
      ? counted(words.left, marks, { open, all: data.submissions.length })
      : words.given;
    byId("previous").disabled = state.at === 0;
    byId("next").disabled = state.at === data.submissions.length - 1;
    const jump = byId("jump");
    data.submissions.forEach((submission, index) => {
      jump.options[index] ??= new Option();
      const sign = left(submission) ? "○" : "✓";
      jump.options[index].text = `${sign} ${index + 1}. ${submission.name}`;
    });
    jump.selectedIndex = state.at;
  }

  function notice(text, lines = []) {
    const list = document.createElement("ul");
    list.append(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    byId("notice").replaceChildren(text, ...(lines.length ? [list] : []));
    byId("notice").hidden = !text;
  }

  // ------------------------------------------------------------------ moving

  function choose(index) {
    current = index;
    cards().forEach((card, place) => {
      card.classList.toggle("current", place === index);
      card.toggleAttribute("aria-current", place === index);
    });
  }

  function reveal() {
    const card = cards()[current];
    const folded = card?.closest("details");
    if (folded) folded.open = true;
    card?.scrollIntoView({ block: "start" });
  }

  function step(by) {
    const index = current + by;
    if (index < 0 || index >= cards().length) return;
    choose(index);
    reveal();
  }

  function go(by) {
    const at = state.at + by;
    if (at < 0 || at >= data.submissions.length) return;
    document.activeElement?.blur();
    show(at);
    save();
  }

  function nextToMark() {
    const own = shown().items.find((item) => isLeft(shown(), item));
    const count = data.submissions.length;
    const order = [...data.submissions.keys()].map((index) => (state.at + 1 + index) % count);
    const at = own ? state.at : order.find((index) => left(data.submissions[index]));
    document.activeElement?.blur();
    if (at === undefined) return notice(words.press);
    show(at, data.submissions[at].items.find((item) => isLeft(data.submissions[at], item)).id);
    save();
  }

  // ------------------------------------------------------------------ the table

  function eachMark() {
    return data.submissions.flatMap((submission) =>
      submission.items.map((item) => ({ submission, item, mark: markOf(submission, item) })),
    );
  }

  function exportTable() {
    const rows = eachMark()
      .filter(({ item, mark }) => counts(item, mark))
      .map(({ submission, item, mark }) => {
        const points = mark.points.trim().replace(",", ".");
        return [submission.student, item.id, points, mark.comment.trim(), mark.reason.trim()];
      });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", table.write(rows)], { type: "text/csv" }));
    link.download = "manual.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    const unfinished = eachMark().filter(({ item, mark }) => wrong(item, mark));
    notice(
      counted(words.exported, rows.length) + (unfinished.length ? ` ${words.unfinished}` : ""),
      unfinished.map(({ submission, item, mark }) => `${submission.name}, ${item.id}: ${wrong(item, mark)}`),
    );
  }

  function importTable(text) {
    const [head, ...rows] = table.read(text) ?? [];
    const names = (head ?? []).map((name) => name.trim().toLowerCase());
    if (!table.columns.slice(0, 3).every((name) => names.includes(name))) {
      return notice(told(words.no_table, { columns: table.columns.join(", ") }));
    }
    const faults = [];
    const taken = rows.map((row, index) => {
      const values = Object.fromEntries(table.columns.map((name) => [name, (row[names.indexOf(name)] ?? "").trim()]));
      const submission = data.submissions.find((candidate) => candidate.student === values.student);
      const item = submission?.items.find((candidate) => candidate.id === values.item);
      const fault = item ? wrong(item, values) : words.nobody;
      if (fault || !values.points) {
        faults.push(told(words.row, { number: index + 2, fault: fault || words.no_points }));
      }
      return { submission, item, values };
    });
    if (faults.length) return notice(words.nothing, faults);
    for (const { submission, item, values } of taken) {
      const { points, comment, reason } = values;
      setMark(submission, item, { points, comment, reason });
    }
    show(state.at);
    notice(counted(words.imported, taken.length));
  }

  // ------------------------------------------------------------------ what a person does

  function edited(card, change) {
    const item = itemOf(card);
    setMark(shown(), item, change);
    mirror(card, item, markOf(shown(), item));
    tell();
  }

  function give(points) {
    const card = cards()[current];
    if (!card || points > itemOf(card).most) return;
    reveal();
    card.querySelector(".points").value = String(points);
    edited(card, { points: String(points) });
  }

  function addHalf() {
    const card = cards()[current];
    const points = Number(card?.querySelector(".points").value.replace(",", ".")) || 0;
    give(points + 0.5);
  }

  function focus(selector) {
    reveal();
    cards()[current]?.querySelector(selector)?.focus();
  }

  const keys = {
    h: addHalf,
    i: () => step(1),
    I: () => step(-1),
    j: () => go(1),
    k: () => go(-1),
    c: () => focus(".comment"),
    p: () => focus(".points"),
    e: exportTable,
    Enter: nextToMark,
  };

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { target } = event;
    const types = target.matches("textarea, select, input[type=text]");
    if (event.key === "Escape" && types) return target.blur();
    const onwards = event.key === "Enter" && target.matches(".points");
    if ((types && !onwards) || !byId("keys").checked) return;
    if (event.key === "Enter" && target.matches("button, summary, a")) return;
    const act = /^[0-9]$/.test(event.key) ? () => give(Number(event.key)) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  desk.addEventListener("input", ({ target }) => {
    const card = target.closest(".item");
    if (target.type === "radio") card.querySelector(".points").value = target.value;
    const change = { points: card.querySelector(".points").value };
    for (const name of ["comment", "reason"]) {
      const field = card.querySelector(`.${name}`);
      if (field) change[name] = field.value;
    }
    edited(card, change);
  });
  desk.addEventListener("focusin", ({ target }) => {
    const card = target.closest(".item");
    if (card) choose(cards().indexOf(card));
  });
  desk.addEventListener("click", ({ target }) => {
    if (!target.matches(".clear")) return;
    const card = target.closest(".item");
    edited(card, empty());
    fill(card);
  });
  desk.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", pressed);
  byId("previous").addEventListener("click", () => go(-1));
  byId("next").addEventListener("click", () => go(1));
  byId("unmarked").addEventListener("click", nextToMark);
  byId("jump").addEventListener("change", ({ target }) => go(target.selectedIndex - state.at));
  byId("export").addEventListener("click", exportTable);
  byId("import").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", async ({ target }) => {
    if (target.files.length) importTable(await target.files[0].text());
    target.value = "";
  });
  addEventListener("storage", (event) => {
    if (event.key !== data.key) return; // another tab went on
    const { at } = state;
    load();
    show(Math.min(at, data.submissions.length - 1));
  });
  addEventListener("beforeunload", (event) => {
    if (!kept) event.preventDefault();
  });

  load();
  if (data.submissions.length) show(state.at);
})();
