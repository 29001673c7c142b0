//! What attributes, elements and properties of React are called in HTML and CSS.

use std::fmt::Write as _;

use crate::data::{Member, Value};
use crate::page::module::shown;

/// Attributes that are called otherwise in HTML.
const RENAMED: [(&str, &str); 8] = [
    ("acceptCharset", "accept-charset"),
    ("className", "class"),
    ("defaultChecked", "checked"),
    ("defaultValue", "value"),
    ("htmlFor", "for"),
    ("httpEquiv", "http-equiv"),
    ("xlinkHref", "xlink:href"),
    ("xmlnsXlink", "xmlns:xlink"),
];

/// Attributes that mean something to React alone.
pub(super) const REACT: [&str; 4] =
    ["key", "ref", "suppressContentEditableWarning", "suppressHydrationWarning"];

/// Attributes whose `{true}` and `{false}` are words in HTML.
pub(super) const WORDS: [&str; 4] = ["contentEditable", "draggable", "spellCheck", "translate"];

/// The elements of SVG.
const SVG: [&str; 52] = [
    "animate",
    "animateMotion",
    "animateTransform",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "foreignObject",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "svg",
    "symbol",
    "tspan",
    "use",
];

/// The attributes of SVG that have capitals in SVG itself.
const SVG_CAPITALS: [&str; 42] = [
    "attributeName",
    "baseFrequency",
    "calcMode",
    "clipPathUnits",
    "diffuseConstant",
    "edgeMode",
    "filterUnits",
    "gradientTransform",
    "gradientUnits",
    "kernelMatrix",
    "kernelUnitLength",
    "keyPoints",
    "keySplines",
    "keyTimes",
    "lengthAdjust",
    "limitingConeAngle",
    "markerHeight",
    "markerUnits",
    "markerWidth",
    "maskContentUnits",
    "maskUnits",
    "numOctaves",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "pointsAtX",
    "pointsAtY",
    "pointsAtZ",
    "preserveAlpha",
    "preserveAspectRatio",
    "primitiveUnits",
    "refX",
    "refY",
    "repeatCount",
    "repeatDur",
    "specularConstant",
    "specularExponent",
    "spreadMethod",
    "stdDeviation",
    "textLength",
    "viewBox",
];

/// Properties of CSS whose numbers are no lengths.
const PLAIN_NUMBERS: [&str; 29] = [
    "animationIterationCount",
    "aspectRatio",
    "columnCount",
    "columns",
    "fillOpacity",
    "flex",
    "flexGrow",
    "flexShrink",
    "floodOpacity",
    "fontWeight",
    "gridArea",
    "gridColumn",
    "gridColumnEnd",
    "gridColumnStart",
    "gridRow",
    "gridRowEnd",
    "gridRowStart",
    "lineClamp",
    "lineHeight",
    "opacity",
    "order",
    "orphans",
    "scale",
    "stopOpacity",
    "strokeOpacity",
    "strokeWidth",
    "tabSize",
    "zIndex",
    "zoom",
];

/// Whether this is an element of SVG, in whose tags `/>` means what it says.
pub(in crate::page) fn is_svg(name: &str) -> bool {
    SVG.contains(&name)
}

/// The name of an attribute in HTML.
pub(super) fn name(name: &str, element: &str) -> String {
    if let Some((_, html)) = RENAMED.iter().find(|(react, _)| *react == name) {
        (*html).to_owned()
    } else if SVG_CAPITALS.contains(&name) {
        name.to_owned()
    } else if is_svg(element) {
        hyphenated(name)
    } else {
        name.to_ascii_lowercase()
    }
}

/// `strokeWidth` is `stroke-width`.
fn hyphenated(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The declarations of CSS in an object.
pub(super) fn style(members: &[Member]) -> String {
    let mut out = String::new();
    for member in members {
        let is_custom = member.key.starts_with("--");
        let is_length = !is_custom && !PLAIN_NUMBERS.contains(&member.key.as_str());
        let Some(value) = shown(&member.value.value).filter(|value| !value.is_empty()) else { continue };
        let unit = if matches!(member.value.value, Value::Number(_)) && is_length && value != "0" {
            "px"
        } else {
            ""
        };
        let name = match member.key.strip_prefix("ms") {
            _ if is_custom => member.key.clone(),
            Some(rest) if rest.starts_with(char::is_uppercase) => format!("-ms{}", hyphenated(rest)),
            _ => hyphenated(&member.key),
        };
        if !out.is_empty() {
            out.push_str("; ");
        }
        // Writing to a string cannot fail.
        let _written = write!(out, "{name}: {value}{unit}");
    }
    out
}
