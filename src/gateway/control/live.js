// Fetches exchanges as they come and puts them before those that are there; without it the page is reloaded by hand.
const list = document.getElementById("exchanges");
const news = document.getElementById("news");
const most = 100;

async function follow() {
  for (;;) {
    try {
      const response = await fetch(`exchanges.html?wait&after=${list.dataset.last}`, { cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      const text = await response.text();
      news.textContent = "New exchanges appear here by themselves.";
      if (!text) continue;
      const before = list.children.length;
      list.insertAdjacentHTML("afterbegin", text);
      list.dataset.last = list.firstElementChild.dataset.number;
      document.getElementById("empty").hidden = true;
      while (list.children.length > most) list.lastElementChild.remove();
      const count = list.children.length - before;
      news.textContent = count === 1 ? "1 new exchange." : "New exchanges.";
    } catch {
      news.textContent = "The gateway does not answer. Trying again.";
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

follow();
