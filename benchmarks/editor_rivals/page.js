/** The benchmark's scene with the same moves as in the editor, by SVG or by Konva, as each is plainly used. */
const WHEEL_ZOOM = 1.0018;
const HANDLE_RADIUS = 4; // on the screen

const surface = document.getElementById("surface");
const scene = await (await fetch("scene.json")).json();
const picture = new Image();
picture.src = scene.picture;
await picture.decode();
const makePainter = new URLSearchParams(location.search).get("painter") === "konva" ? konvaPainter : svgPainter;
const painter = makePainter();
const view = fitted();
let panFrom = null;
painter.place(view);
listen();
requestAnimationFrame(() => requestAnimationFrame(() => (window.openedAt = performance.now())));

/** As the editor fits it. */
function fitted() {
  const scale = Math.min((innerWidth - 32) / scene.width, (innerHeight - 80) / scene.height);
  const lift = Math.max(0, (innerHeight + scene.height * scale) / 2 - (innerHeight - 64));
  return { scale, x: (innerWidth - scene.width * scale) / 2, y: (innerHeight - scene.height * scale) / 2 - lift };
}

function listen() {
  surface.addEventListener("wheel", (event) => {
    event.preventDefault();
    const by = WHEEL_ZOOM ** -event.deltaY;
    view.x = event.clientX - (event.clientX - view.x) * by;
    view.y = event.clientY - (event.clientY - view.y) * by;
    view.scale *= by;
    painter.place(view);
  }, { passive: false });
  surface.addEventListener("pointerdown", (event) => {
    if (event.button === 1) panFrom = [event.clientX, event.clientY];
  });
  window.addEventListener("pointermove", (event) => {
    if (panFrom) {
      view.x += event.clientX - panFrom[0];
      view.y += event.clientY - panFrom[1];
      panFrom = [event.clientX, event.clientY];
      painter.place(view);
    } else {
      painter.drag((event.clientX - view.x) / view.scale, (event.clientY - view.y) / view.scale);
    }
  });
  window.addEventListener("keydown", ({ key }) => {
    if (key === "f") painter.place(Object.assign(view, fitted()));
  });
  window.addEventListener("pointerup", () => {
    panFrom = null;
    painter.release();
  });
}

function svgPainter() {
  const make = (name, parent, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  };
  const plane = make("g", make("svg", surface, {}), {});
  make("image", plane, { href: scene.picture, width: scene.width, height: scene.height });
  const handles = make("g", plane, {});
  let held = null;
  const write = (polygon, ring) => polygon.setAttribute("points", ring.map((point) => point.join()).join(" "));
  for (const ring of scene.rings) {
    const polygon = make("polygon", plane, {});
    write(polygon, ring);
    polygon.addEventListener("click", () => {
      handles.replaceChildren();
      plane.append(handles);
      ring.forEach(([cx, cy], i) => {
        const handle = make("circle", handles, { cx, cy, r: HANDLE_RADIUS / view.scale });
        handle.addEventListener("pointerdown", () => (held = { polygon, ring, handle, i }));
      });
    });
  }
  return {
    place: ({ scale, x, y }) => plane.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`),
    drag: (x, y) => {
      if (!held) return;
      held.ring[held.i] = [x, y];
      held.handle.setAttribute("cx", x);
      held.handle.setAttribute("cy", y);
      write(held.polygon, held.ring);
    },
    release: () => (held = null),
  };
}

function konvaPainter() {
  const stage = new Konva.Stage({ container: "surface", width: innerWidth, height: innerHeight });
  const [ground, shapes, handles] = [new Konva.Layer({ listening: false }), new Konva.Layer(), new Konva.Layer()];
  stage.add(ground, shapes, handles);
  ground.add(new Konva.Image({ image: picture, width: scene.width, height: scene.height }));
  let held = null;
  for (const ring of scene.rings) {
    const look = { closed: true, fill: "#e69f004d", stroke: "#e69f00", strokeWidth: 2 };
    const fast = { strokeScaleEnabled: false, perfectDrawEnabled: false };
    const line = new Konva.Line({ points: ring.flat(), ...look, ...fast });
    line.on("mouseenter", () => line.fill("#e69f0080"));
    line.on("mouseleave", () => line.fill(look.fill));
    line.on("click", () => {
      handles.destroyChildren();
      ring.forEach(([x, y], i) => {
        const radius = HANDLE_RADIUS / view.scale;
        const handle = new Konva.Circle({ x, y, radius, fill: "#fff", perfectDrawEnabled: false });
        handle.on("mousedown", () => (held = { line, ring, handle, i }));
        handles.add(handle);
      });
    });
    shapes.add(line);
  }
  return {
    place: ({ scale, x, y }) => {
      stage.scale({ x: scale, y: scale });
      stage.position({ x, y });
      stage.batchDraw();
    },
    drag: (x, y) => {
      if (!held) return;
      held.ring[held.i] = [x, y];
      held.handle.position({ x, y });
      held.line.points(held.ring.flat());
    },
    release: () => (held = null),
  };
}
