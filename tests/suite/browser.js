// What a reader's browser shows of a page: `suite/browser.rs` puts this at its end, and reads the lines that it leaves.

(() => {
  const lines = [];
  const check = (name, holds, said = "") => lines.push(`${holds ? "ok" : "not ok"} ${name}${holds ? "" : `: ${said}`}`);
  const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // What is hidden until it is found is a box without content.
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[hidden]");
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const root = document.documentElement;

  const checks = {
    // Tabs are one stop of the keyboard, and arrows go from one to the next.
    async tabs() {
      const group = document.querySelector(".tabs.ready");
      const tabs = all(":scope > [role=tablist] > [role=tab]", group);
      const panels = all(":scope > [role=tabpanel]", group);
      const state = () => tabs.map((tab) => (tab.getAttribute("aria-selected") === "true" ? "1" : "0")).join("");
      const seen = () => panels.map((panel) => (isSeen(panel) ? "1" : "0")).join("");
      check("a bar has as many tabs as panels", tabs.length === 3 && panels.length === 3, group.outerHTML);
      check("the first tab is chosen, and its panel alone is seen", state() === "100" && seen() === "100", `${state()} ${seen()}`);
      check("one tab is a stop of the keyboard", tabs.filter((tab) => tab.tabIndex === 0).length === 1);
      check("a panel is named by its tab", panels.every((panel, at) => panel.getAttribute("aria-labelledby") === tabs[at].id && tabs[at].getAttribute("aria-controls") === panel.id));
      tabs[0].focus();
      press("ArrowRight");
      check("an arrow goes to the next tab", state() === "010" && seen() === "010" && document.activeElement === tabs[1], `${state()} ${seen()}`);
      const other = all(".tabs.ready").at(1);
      check("tabs of one title go together", all("[aria-selected=true]", other)[0].textContent.trim() === "Linux");
      press("End");
      check("End goes to the last tab", state() === "001" && document.activeElement === tabs[2], state());
      check("a title that others lack leaves them alone", all("[aria-selected=true]", other)[0].textContent.trim() === "Linux");
      press("ArrowRight");
      check("behind the last tab comes the first", state() === "100", state());
      press("ArrowLeft");
      press("Home");
      check("Home goes to the first tab", state() === "100", state());
      check("the other group went along", all("[aria-selected=true]", other)[0].textContent.trim() === "macOS");
      const choice = document.querySelector(".tabs:not(.code-tabs) select");
      choice.selectedIndex = 1;
      choice.dispatchEvent(new Event("change"));
      const chosen = all(":scope > .tab-panel", choice.closest(".tabs")).map(isSeen);
      check("a choice shows its panel", !chosen[0] && chosen[1], chosen.join());
    },

    // What an address leads to is opened.
    async anchors() {
      const lead = async (id) => {
        location.hash = `#${id}`;
        await settled();
        return isSeen(document.getElementById(id));
      };
      check("a closed accordion is closed", !document.getElementById("closed-accordion").open);
      await lead("closed-accordion");
      check("a link opens a closed accordion", document.getElementById("closed-accordion").open);
      check("a link opens a hidden tab", await lead("on-windows"));
      const inner = document.getElementById("why-not-the-command-prompt");
      await lead("configure-it");
      document.querySelector(".tabs.ready [role=tab]").click();
      check("what stands in a hidden tab is hidden", !isSeen(inner));
      await lead("why-not-the-command-prompt");
      check("a link opens an accordion in a hidden tab", isSeen(inner) && inner.open);
      inner.open = false;
      all("a[href='#why-not-the-command-prompt']").concat(document.body)[0].click();
    },

    async others() {
      check("code can be copied", all(".fence .copy").every(isSeen) || all(".fence .copy:not([hidden])").length > 10);
      const buttons = all(".view-switch > button");
      check("a switch has a button for each view", buttons.map((button) => button.textContent.trim()).join() === "Shell,Python", buttons.length);
      buttons[1]?.click();
      check("a switch shows one view", all(".view").map((view) => isSeen(view) && view.dataset.view).join() === "false,Python");
      const word = document.querySelector(".tooltip-word");
      const tip = document.getElementById(word.getAttribute("aria-describedby"));
      check("a tip is not seen", !isSeen(tip));
      word.focus();
      check("a tip is seen where its word has the focus", isSeen(tip));
      press("Escape");
      check("Escape takes the tip away", !isSeen(tip));
      word.blur();
      const empty = all("svg.icon").filter((icon) => isSeen(icon) && icon.getBoundingClientRect().width < 8);
      check("every icon has a size", empty.length === 0, empty.map((icon) => icon.outerHTML).join(" "));
      check("what is for agents is not there", !document.querySelector("article").textContent.replace(/<Visibility[^]*?<\/Visibility>/g, "").includes("You read the Markdown of the page."));
      const numbers = all(".steps")[0].querySelectorAll(":scope > .step").length;
      check("steps are a list", numbers === 4, numbers);
    },

    // Nothing is wider than the screen, open or closed.
    async width() {
      const overflow = () => root.scrollWidth - root.clientWidth;
      const widest = () => all("article *").filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest("pre, .table, .tab-bar"))
        .map((element) => element.outerHTML.slice(0, 80)).slice(0, 3).join(" ");
      check("the screen is that of a phone", root.clientWidth === 390, root.clientWidth);
      check("nothing is wider than the screen", overflow() <= 0, `${overflow()} ${widest()}`);
      for (const part of all("details")) part.open = true;
      check("nothing that opens is wider than the screen", overflow() <= 0, `${overflow()} ${widest()}`);
      for (const word of all(".tooltip-word")) {
        word.focus();
        check("no tip is wider than the screen", overflow() <= 0, word.textContent);
      }
    },

    // Without scripts of the theme everything is there, and opens.
    async plain() {
      check("no script has been at work", all(".ready, [role=tablist]").length === 0);
      for (const tab of all("details.tab")) {
        const text = tab.querySelector(".tab-body").textContent.trim();
        if (!tab.open) tab.querySelector("summary").click();
        check("a tab opens and shows its text", tab.open && isSeen(tab.querySelector(".tab-body")) && text !== "", tab.outerHTML.slice(0, 80));
        check("its title is seen", isSeen(tab.querySelector("summary")), text);
      }
      check("every view is seen", all(".view").length === 2 && all(".view").every(isSeen));
      check("there is no button that does nothing", all("button").filter((button) => isSeen(button) && !button.matches(".tooltip-word")).length === 0);
    },

    // The rules of WCAG, A and AA, as axe-core reads them.
    async axe() {
      for (const part of all("details")) if (!part.matches(".tab")) part.open = true;
      for (const element of all("*")) element.style.transition = "none";
      await settled();
      const result = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] });
      check("axe has looked", result.testEngine?.name === "axe-core");
      for (const { id, help, nodes } of result.violations) {
        for (const node of nodes.slice(0, 5)) check(`${id}, ${help}`, false, `${node.target.join(" ")} ${node.any[0]?.message ?? ""} ${node.html.slice(0, 120)}`);
      }
    },
  };

  const report = () => {
    const text = [...lines.map((line) => line.replace(/\s+/g, " ")), `done ${lines.length}`].join("\n");
    const out = document.createElement("pre");
    out.id = "said";
    out.textContent = text;
    if (parent !== window) parent.postMessage(text, "*");
    else document.body.replaceChildren(out);
  };

  addEventListener("load", async () => {
    for (const name of root.dataset.checks.split(" ")) {
      try {
        await checks[name]();
      } catch (error) {
        check(name, false, error.stack);
      }
    }
    report();
  });
})();
