/** How things look on the map. */

import { project } from "./projection.js";
import { look, radius } from "./markers.js";

export function drawMarker(context, marker, colours, selectedId) {
  if (marker.views.length > 1) return drawCluster(context, marker, colours);
  const [view] = marker.views;
  const kind = look(view);
  const heading = view.shipment.position.heading_deg;
  context.save();
  context.translate(marker.x, marker.y);
  if (view.shipment.id === selectedId) ring(context, colours);
  context.lineWidth = 1.5;
  context.strokeStyle = colours.halo;
  context.fillStyle = colours[kind];
  if (heading !== undefined && view.motion === "moving") arrow(context, (heading * Math.PI) / 180);
  else if (view.motion === "moving") disc(context, 5);
  else square(context);
  context.stroke();
  context.fill();
  context.restore();
}

function ring(context, colours) {
  disc(context, 13);
  context.lineWidth = 2.5;
  context.strokeStyle = colours.selected;
  context.stroke();
}

function arrow(context, angle) {
  context.rotate(angle);
  context.beginPath();
  context.moveTo(0, -8);
  context.lineTo(5.5, 6.5);
  context.lineTo(0, 3.5);
  context.lineTo(-5.5, 6.5);
  context.closePath();
}

function disc(context, size) {
  context.beginPath();
  context.arc(0, 0, size, 0, 2 * Math.PI);
}

function square(context) {
  context.beginPath();
  context.rect(-4.5, -4.5, 9, 9);
}

/** A number, in a ring that shows how many of them are late and offline. */
function drawCluster(context, marker, colours) {
  const size = radius(marker);
  context.save();
  context.translate(marker.x, marker.y);
  disc(context, size);
  context.fillStyle = colours.cluster;
  context.fill();
  context.lineWidth = 3;
  let from = -Math.PI / 2;
  for (const kind of ["late", "offline", "stopped", "moving"]) {
    const share = marker.views.filter((view) => look(view) === kind).length / marker.views.length;
    if (share === 0) continue;
    context.beginPath();
    context.arc(0, 0, size, from, from + 2 * Math.PI * share);
    context.strokeStyle = colours[kind];
    context.stroke();
    from += 2 * Math.PI * share;
  }
  context.fillStyle = colours.text;
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(marker.views.length), 0, 0.5);
  context.restore();
}

/** A GeoJSON geometry, or nothing where it has none. */
export function drawHazard(context, { geometry, kind, level }, viewport, colours) {
  const colour = kind === "weather" ? colours[`weather_${level}`] ?? colours.weather : colours.traffic;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  for (const lines of parts(geometry)) {
    context.beginPath();
    for (const line of lines) trace(context, line, viewport);
    if (geometry.type.endsWith("Polygon")) {
      context.globalAlpha = 0.16;
      context.fill("evenodd");
      context.globalAlpha = 1;
      context.lineWidth = 1.5;
    } else {
      context.lineCap = "round";
      context.lineWidth = 6;
    }
    context.stroke();
  }
}

function parts(geometry) {
  switch (geometry?.type) {
    case "Polygon":
      return [geometry.coordinates];
    case "MultiPolygon":
      return geometry.coordinates;
    case "LineString":
      return [[geometry.coordinates]];
    case "Point":
      return [[[geometry.coordinates, geometry.coordinates]]];
    case "MultiPoint":
      return geometry.coordinates.map((point) => [[point, point]]);
    default:
      return [];
  }
}

function trace(context, positions, viewport) {
  positions.forEach(([lon, lat], number) => {
    const [x, y] = viewport.toScreen(project(lon, lat));
    if (number === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
}

/** The way of the selected shipment, or a straight line where only its ends are known. */
export function drawRoute(context, shipment, viewport, colours) {
  const ends = [shipment.origin, shipment.destination].filter((place) => place?.lat != null).map(({ lon, lat }) => [lon, lat]);
  const line = shipment.route ?? (ends.length === 2 ? ends : null);
  if (line === null) return;
  context.beginPath();
  trace(context, line, viewport);
  context.lineCap = context.lineJoin = "round";
  context.setLineDash(shipment.route ? [] : [4, 6]);
  context.strokeStyle = colours.halo;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = colours.selected;
  context.lineWidth = 2.5;
  context.stroke();
  context.setLineDash([]);
  for (const point of [line[0], line.at(-1)]) {
    const [x, y] = viewport.toScreen(project(...point));
    context.save();
    context.translate(x, y);
    disc(context, 4.5);
    context.fillStyle = colours.halo;
    context.fill();
    context.lineWidth = 2.5;
    context.stroke();
    context.restore();
  }
}
