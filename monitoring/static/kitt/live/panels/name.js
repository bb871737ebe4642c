/** Who sits here: the name that stands beside what is acknowledged. */

const KEY = "kitt.name";

export class Name {
  #dialog;
  #fixed;

  /** `fixed`: the name of who is logged in; empty where anybody may be here. */
  constructor(dialog, fixed) {
    this.#dialog = dialog;
    this.#fixed = fixed;
  }

  /** The name; asked for once, and kept in this browser. Rejects where it is not given. */
  async get() {
    const known = this.#fixed || localStorage.getItem(KEY);
    if (known) return known;
    const input = this.#dialog.querySelector("input");
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
    await new Promise((resolve) => this.#dialog.addEventListener("close", resolve, { once: true }));
    const name = input.value.trim();
    if (this.#dialog.returnValue !== "ok" || name === "") throw new Error("it needs your name");
    localStorage.setItem(KEY, name);
    return name;
  }
}
