// Kiem: visits that began with a link in a mail. Sends nothing otherwise, keeps nothing without consent.
(function (d, w, n) {
  var c = d.currentScript, url = c.src.replace(/s\.js.*$/, "v"), wait = c.getAttribute("data-mode") == "consented",
    C = "kiem_v", agreed = 0, token, page, path, seen, since, trusted, depth, told, timer, busy, m
  // For a form or booking link of the site: whose visit this is, "" when that is not known or not agreed to.
  w.kiem = { token: function () { return wait && !agreed ? "" : token || "" }, consent: function (yes) {
    agreed = yes ? 1 : 0
    if (!wait) return
    if (!yes) { d.cookie = C + "=;Max-Age=0;Path=/"; token = 0; return }
    token = token || (d.cookie.match(/(?:^|; )kiem_v=([\w.-]+)/) || [])[1]
    open()
  } }
  if (n.globalPrivacyControl || n.doNotTrack == "1") { w.kiem.consent = function () {}; return }
  if ((m = /[#&]k=([\w.-]{30,})/.exec(location.hash))) {
    token = m[1]
    history.replaceState(history.state, "", location.pathname + location.search)
  }
  function visible() { return seen + (since ? Date.now() - since : 0) }
  function send() {
    if (!token || !page || (wait && !agreed)) return
    var meta = d.querySelector("meta[name=kiem-page]")
    fetch(url, { method: "POST", keepalive: true, credentials: "omit", body: JSON.stringify({ k: token, p: page, u: path,
      m: meta ? meta.content : null, v: visible(), t: trusted, d: depth, c: !!agreed }) })
      .then(function (r) { return r.status == 200 ? r.json() : 0 })
      .then(function (j) {
        if (!j) return
        token = j.k
        if (wait && agreed) d.cookie = C + "=" + token + ";Max-Age=33696000;Path=/;SameSite=Lax;Secure"
      }).catch(function () {})
  }
  function open() {
    if (page && path == location.pathname) return send()
    if (page) send()
    page = w.crypto.randomUUID(); path = location.pathname
    seen = trusted = depth = told = 0; since = d.hidden ? 0 : Date.now()
    send()
  }
  function input(e) {
    if (!e.isTrusted) return
    trusted++
    var h = d.documentElement
    depth = Math.max(depth, Math.min(100, Math.round(100 * (w.scrollY + w.innerHeight) / h.scrollHeight)))
  }
  ["pointerdown", "keydown", "scroll", "touchstart"].forEach(function (k) { w.addEventListener(k, input, { passive: true }) })
  d.addEventListener("click", function (e) {
    var a = e.target.closest && e.target.closest("a[href]")
    if (token && a && a.host == location.host && !a.hash && (!wait || agreed)) a.hash = "k=" + token
  })
  d.addEventListener("visibilitychange", function () {
    if (d.hidden) { seen = visible(); since = 0; send() } else since = Date.now()
  })
  ;["pushState", "replaceState"].forEach(function (k) {
    var f = history[k]
    history[k] = function () { f.apply(history, arguments); setTimeout(open) }
  })
  w.addEventListener("popstate", open)
  setInterval(function () {
    var v = visible()
    if (trusted && ((told < 1 && v > 1e4) || (told < 2 && v > 15500))) { told = v > 15500 ? 2 : 1; send() }
  }, 1000)
  open()
})(document, window, navigator)
