// The book's own script: theme button, contents menu, live charts on demand, the date slider. It sends nothing anywhere.
(function () {
  "use strict";
  var root = document.documentElement;
  var base = root.dataset.root || "./";

  function storage(value) {
    try { if (value) { localStorage.setItem("casefile-theme", value); } else { localStorage.removeItem("casefile-theme"); } } catch (error) { /* not kept */ }
  }

  var button = document.querySelector("button.scheme");
  if (button) {
    var names = ["auto", "light", "dark"];
    var show = function () { button.querySelector("span").textContent = root.dataset.theme || "auto"; };
    button.hidden = false;
    show();
    button.addEventListener("click", function () {
      var next = names[(names.indexOf(root.dataset.theme || "auto") + 1) % names.length];
      if (next === "auto") { delete root.dataset.theme; storage(""); } else { root.dataset.theme = next; storage(next); }
      show();
      document.querySelectorAll(".cf-plot.live").forEach(draw);
    });
  }

  var menu = document.querySelector("button.menu");
  if (menu) {
    menu.addEventListener("click", function () {
      var open = menu.parentElement.classList.toggle("open");
      menu.setAttribute("aria-expanded", String(open));
    });
  }

  // Where the reader is: the section in view is marked in the contents and named beside the menu button.
  var here = document.querySelector(".menu .here");
  var entries = [].slice.call(document.querySelectorAll('.side ul ul a[href^="#"]')).map(function (link) {
    return { link: link, section: document.getElementById(decodeURIComponent(link.hash.slice(1))) };
  }).filter(function (one) { return one.section; });
  if (entries.length && "IntersectionObserver" in window) {
    var seen = new Set();
    var watch = new IntersectionObserver(function (changes) {
      changes.forEach(function (one) { if (one.isIntersecting) { seen.add(one.target); } else { seen.delete(one.target); } });
      var now = entries.filter(function (one) { return seen.has(one.section); }).pop();
      entries.forEach(function (one) { if (one === now) { one.link.setAttribute("aria-current", "location"); } else { one.link.removeAttribute("aria-current"); } });
      here.textContent = now ? now.link.textContent : "";
    }, { rootMargin: "-80px 0px -70% 0px" });
    entries.forEach(function (one) {
      watch.observe(one.section);
      one.link.addEventListener("click", function () { if (menu && menu.parentElement.classList.contains("open")) { menu.click(); } });
    });
  }

  // Code that is wider than its box scrolls by keyboard too.
  document.querySelectorAll("pre").forEach(function (box) { box.tabIndex = 0; });

  // A link to a finding opens the disclosure that holds it.
  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var one = target; one; one = one.parentElement) { if (one.tagName === "DETAILS") { one.open = true; } }
    if (target) { target.scrollIntoView(); }
  }
  addEventListener("hashchange", reveal);
  reveal();

  // ---- live charts -------------------------------------------------------------------------------------------
  var loading = null;
  var specs = {};
  window.casefileChart = function (name, spec) { specs[name] = spec; };

  function script(address) {
    return new Promise(function (done, failed) {
      var element = document.createElement("script");
      element.src = address;
      element.onload = done;
      element.onerror = function () { failed(new Error(address)); };
      document.head.appendChild(element);
    });
  }

  function dark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function draw(plot) {
    var size = matchMedia("(max-width: 37.5rem)").matches ? "narrow" : "wide";
    var spec = recolour(specs[plot.dataset.name][size]);
    spec.layout.template = window.casefileTemplates[dark() ? "dark" : "light"];
    spec.layout.autosize = false;
    spec.layout.width = size === "narrow" ? 340 : 720;
    spec.layout.modebar = { bgcolor: "rgba(0,0,0,0)" };
    var live = plot.querySelector(".cf-live");
    live.style.width = spec.layout.width + "px";
    live.style.height = spec.layout.height + "px";
    plot.dataset.across = spec.layout.width;
    fit(plot);
    return window.Plotly.react(live, spec.data, spec.layout, { responsive: false, displaylogo: false, displayModeBar: size === "narrow" ? false : "hover", modeBarButtonsToRemove: ["sendDataToCloud", "lasso2d", "select2d"] });
  }

  // A live chart is laid out at the size of its drawing and scaled with its box, as the drawing is: nothing moves.
  function fit(plot) {
    var live = plot.querySelector(".cf-live");
    var scale = plot.clientWidth / Number(plot.dataset.across);
    live.style.transform = "scale(" + scale + ")";
    plot.style.height = Math.ceil(parseFloat(live.style.height) * scale) + "px";
  }
  addEventListener("resize", function () {
    document.querySelectorAll(".cf-plot.live").forEach(function (plot) {
      var across = matchMedia("(max-width: 37.5rem)").matches ? "340" : "720";
      if (plot.dataset.across === across) { fit(plot); } else { draw(plot); }
    });
  });

  // Colours stand in the data by light hex; the dark theme swaps them one for one.
  function recolour(figure) {
    var map = dark() ? window.casefileDark || {} : {};
    return JSON.parse(JSON.stringify(figure), function (key, value) {
      return typeof value === "string" && map[value.toLowerCase()] ? map[value.toLowerCase()] : value;
    });
  }

  function wake(plot) {
    if (plot.dataset.state) { return; }
    plot.dataset.state = "loading";
    var status = plot.querySelector(".cf-status");
    if (status) { status.textContent = "Loading the live chart…"; }
    loading = loading || script(base + "_static/plotly.min.js").then(function () { return script(base + "_static/charts/_templates.js"); });
    loading
      .then(function () { return specs[plot.dataset.name] ? null : script(base + "_static/charts/" + plot.dataset.name + ".js"); })
      .then(function () {
        var height = plot.clientHeight;
        plot.style.height = height + "px";
        var live = document.createElement("div");
        live.className = "cf-live";
        plot.appendChild(live);
        plot.classList.add("live");
        return draw(plot);
      })
      .then(function () {
        plot.dataset.state = "live";
        if (status) { status.textContent = "Live chart ready: point at a mark to read its value."; }
        var opener = plot.querySelector("button.cf-wake");
        if (opener) { opener.hidden = true; }
      })
      .catch(function () {
        plot.dataset.state = "";
        plot.classList.remove("live");
        if (status) { status.textContent = "The live chart could not be loaded; the drawing stays."; }
      });
  }

  document.querySelectorAll(".cf-plot").forEach(function (plot) {
    var opener = document.createElement("button");
    opener.type = "button";
    opener.className = "cf-wake";
    opener.textContent = "Explore this chart";
    var status = document.createElement("span");
    status.className = "cf-status unseen";
    status.setAttribute("role", "status");
    plot.appendChild(opener);
    plot.appendChild(status);
    opener.addEventListener("click", function () { wake(plot); });
    plot.addEventListener("pointerenter", function (event) { if (event.pointerType === "mouse") { wake(plot); } });
    plot.addEventListener("click", function () { wake(plot); });
  });

  // Drawings out of view are not laid out while the page loads; afterwards they are, a few at a time, when nothing else waits.
  var drawings = [].slice.call(document.querySelectorAll(".cf-wide, .cf-narrow"));
  var whenIdle = window.requestIdleCallback || function (work) { setTimeout(function () { work({ timeRemaining: function () { return 0; } }); }, 1); };
  function layOut(deadline) {
    do { var one = drawings.shift(); if (one) { one.style.contentVisibility = "visible"; void one.offsetHeight; } } while (one && deadline.timeRemaining() > 8);
    if (drawings.length) { whenIdle(layOut); }
  }
  addEventListener("load", function () { whenIdle(layOut); });

  // ---- the date slider on the front page ---------------------------------------------------------------------
  var slider = document.querySelector("#cf-date");
  if (slider) {
    document.querySelector(".cf-slider").hidden = false;
    script(base + "_static/history.js").then(function () {
      var history = window.casefileHistory;
      slider.max = history.dates.length - 1;
      slider.value = history.dates.length - 1;
      var label = document.querySelector("#cf-date-label");
      var direction = function (then, now) {
        if (then === now || then === "untestable" || now === "untestable") { return ""; }
        return history.ratings.indexOf(now) > history.ratings.indexOf(then) ? "↓ lower" : "↑ higher";
      };
      var show = function () {
        var place = Number(slider.value);
        label.textContent = history.names[place];
        slider.setAttribute("aria-valuetext", history.names[place]);
        document.querySelectorAll("[data-slide]").forEach(function (cell) {
          var now = history.claims[cell.dataset.slide][place];
          cell.className = "cf-chip cf-is-" + now[0].replace(/ /g, "-");
          cell.querySelector(".cf-shape").textContent = history.shapes[now[0]];
          cell.querySelector(".cf-word").textContent = now[0];
          var moved = cell.parentElement.querySelector(".cf-moved");
          if (moved) { moved.textContent = direction(history.claims[cell.dataset.slide][0][0], now[0]); }
          var sure = cell.parentElement.querySelector(".cf-sure");
          if (sure) { sure.textContent = now[1] + " confidence"; }
        });
        var count = {};
        Object.keys(history.claims).forEach(function (claim) { var word = history.claims[claim][place][0]; count[word] = (count[word] || 0) + 1; });
        var marks = document.querySelector("#cf-date-marks");
        marks.textContent = "";
        history.ratings.forEach(function (word) {
          for (var n = 0; n < (count[word] || 0); n += 1) {
            var mark = document.createElement("i");
            mark.className = "cf-mark-" + word.replace(/ /g, "-");
            mark.textContent = history.shapes[word];
            marks.appendChild(mark);
          }
        });
        document.querySelector("#cf-date-count").textContent = history.ratings.filter(function (word) { return count[word]; }).map(function (word) { return count[word] + " " + word; }).join(", ");
      };
      slider.addEventListener("input", show);
      show();
    });
  }
})();
