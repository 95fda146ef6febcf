// SPDX-License-Identifier: Apache-2.0
// story.mjs - what the demo does to the example documents, and what has to come of it.
//
// `edit` replaces a part of the text by another; `keys` is typed one key at a time after `at`.
// `runs` are the first lines of exactly those blocks that may run, in order; `shows` what a block
// has to show afterwards; of the block that begins with `whole` all is printed.

export const story = [
  {
    file: "walkthrough.py",
    intro: "An ordinary Python file: its blocks are separated by blank lines.",
    whole: "for day, count",
    shows: { "revenue = ": "'1142.40 in a week'", notes: "['less bread on Sundays']" },
    steps: [
      {
        say: "A number changes. Only what depends on it runs.",
        edit: ["price = 3.20", "price = 3.50"],
        runs: ["price = 3.50", "revenue = [count * price for count in sold]"],
        shows: { "revenue = ": "'1249.50 in a week'" },
      },
      {
        say: "A comment changes. Nothing runs.",
        edit: ["# ## What came in", "# ## The week's takings"],
        runs: [],
      },
      {
        say: "An append is edited. The list is made anew: there is one note, not two.",
        edit: ["less bread on Sundays", "fewer loaves on Sundays"],
        runs: ["notes = []", 'notes.append("fewer loaves on Sundays")', "notes"],
        shows: { notes: "['fewer loaves on Sundays']" },
      },
      {
        say: "A line is half written, key by key. All other results stand.",
        keys: " + sum([1, (2",
        at: "price = 3.50",
        runs: [],
        shows: { "revenue = ": "'1249.50 in a week'" },
      },
      {
        say: "The line is whole again, as it was. Nothing has to run.",
        edit: [" + sum([1, (2", ""],
        runs: [],
      },
      {
        say: "A block fails. What needs it is blocked; everything else stands.",
        edit: ["price = 3.50", "price = 3.50 / 0"],
        runs: ["price = 3.50 / 0"],
        shows: { "price = ": "ZeroDivisionError: float division by zero", "baked = ": "" },
      },
      {
        say: "And it is mended.",
        edit: ["price = 3.50 / 0", "price = 3.60"],
        runs: ["price = 3.60", "revenue = [count * price for count in sold]"],
        shows: { "revenue = ": "'1285.20 in a week'" },
      },
    ],
  },
  {
    file: "gallery.py",
    intro: "The percent style of sphinx-gallery and Jupytext, with NumPy and a figure.",
    shows: { "half_life = ": "'2.31 s'" },
    steps: [
      {
        say: "A parameter changes: the motion, its picture and the half-life run, the imports do not.",
        edit: ["damping = 0.3", "damping = 0.15"],
        runs: ["damping = 0.15  # per second", "fig, ax = plt.subplots(figsize=(7, 3))", "half_life = np.log(2) / damping"],
        shows: { "half_life = ": "'4.62 s'" },
      },
    ],
  },
  {
    file: "errors.py",
    intro: "A file with an error in it.",
    shows: { "total = ": "KeyError: 'wheat'", "print(\"we sell\"": "we sell rye, spelt\n2" },
    steps: [
      {
        say: "The missing price is added.",
        edit: ['"spelt": 3.90}', '"spelt": 3.90, "wheat": 2.80}'],
        runs: [
          'prices = {"rye": 3.20, "spelt": 3.90, "wheat": 2.80}',
          "total = sum(cost(kind) for kind in order)",
          'print(f"please pay {total:.2f}")',
          'print("we sell", ", ".join(prices))',
        ],
        shows: { "total = ": "", "print(f\"please": "please pay 49.60" },
      },
    ],
  },
];
