package io.pathproof.reports.picture;

/** Writes one SVG document; every attribute and text is escaped here and nowhere else. */
final class Svg {
  /**
   * Presentation for both colour schemes. Written as plain rules (no custom properties), so that
   * viewers other than browsers show the light scheme. No url() but to a fragment of the document.
   */
  private static final String STYLE =
      """
      text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1d2733;font-size:12px}
      .bg{fill:#fff}.card{fill:#f4f6f9;stroke:#d9dfe7}.panel{fill:#fafbfc;stroke:#e3e8ee}
      .h1{font-size:20px;font-weight:700}.h2{font-size:13px;font-weight:700}.b{font-weight:600}
      .s{font-size:11px}.xs{font-size:10px}.big{font-size:19px;font-weight:700}
      .muted{fill:#5d6b7a}.bad{fill:#c81e3a}.fine{fill:#17803d}.warn{fill:#9a6300}.accent{fill:#1c62c4}
      .end{text-anchor:end}.mid{text-anchor:middle}
      .grid{stroke:#e3e8ee;stroke-width:1}.axis{stroke:#8896a5;stroke-width:1}
      .ok{fill:#2f7fe0}.okline{fill:none;stroke:#2f7fe0}.err{fill:#d4213d}.unsure{fill:#e59a00}
      .arrivals{fill:none;stroke:#5d6b7a;stroke-width:1;stroke-dasharray:3 3}
      .slow{fill:#7a5cc9;fill-opacity:.25;stroke:#6a49c2;stroke-width:1.2}
      .fault{fill:#d4213d;fill-opacity:.08}.faultbar{fill:#d4213d}.faultedge{stroke:#d4213d;stroke-width:1.3}
      .heal{stroke:#17803d;stroke-width:1.3;stroke-dasharray:4 3}
      .onbar{fill:#fff;font-weight:600}
      .down{fill:#8896a5;fill-opacity:.38}.switch{fill:none;stroke:#d9730d;stroke-width:1.8}.switchtip{fill:#d9730d}
      .switchtext{fill:#b35900;font-size:10px;font-weight:600}
      .hatch{stroke:#d4213d;stroke-width:1.4;stroke-opacity:.35}
      .blackout{stroke:#c81e3a;stroke-width:2;fill:none}.pill{fill:#fff;stroke:#c81e3a}
      .detect{fill:#d9730d}.decide{fill:#b8860b}.first{fill:#17803d}
      .phase{fill:#e9edf2;stroke:#fff}
      .host{fill:#eaf2fd;stroke:#2f7fe0}.idle{fill:#f4f6f9;stroke:#b6c0cc}.adapter{fill:#fff;stroke:#2f7fe0}
      .fabric{fill:#eef0f3;stroke:#8896a5}.plate{fill:#eef0f3}.array{fill:#f6f4fb;stroke:#7a5cc9}.node{fill:#fff;stroke:#7a5cc9}
      .port{fill:#efeafb;stroke:#7a5cc9}.volume{fill:#e2dbf6;stroke:#7a5cc9}
      .link{fill:none;stroke:#c3ccd6;stroke-width:1.2}.used{fill:none;stroke:#2f7fe0;stroke-linecap:round}
      .broken{fill:none;stroke:#d4213d;stroke-dasharray:7 5;stroke-linecap:butt}
      .cross{stroke:#d4213d;stroke-width:4;stroke-linecap:round}.brokenbox{fill:#fdecef;stroke:#d4213d;stroke-width:2}
      .figure{fill:#fff;stroke:#c3ccd6}
      .team{fill:none;stroke:#5d6b7a}.standby{stroke-dasharray:3 4}
      .tag{fill:#1d2733}.tagtext{fill:#fff;font-weight:700}.halo{stroke:#fff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}
      @media (prefers-color-scheme:dark){
      text{fill:#e6ebf1}.bg{fill:#12171d}.card{fill:#1b222b;stroke:#313c48}.panel{fill:#161c23;stroke:#2b3540}
      .muted{fill:#9fadbb}.bad{fill:#ff7d90}.fine{fill:#5fd38a}.warn{fill:#f3b64a}.accent{fill:#7db4ff}
      .grid{stroke:#2b3540}.axis{stroke:#74828f}.ok{fill:#4d97f0}.okline{stroke:#4d97f0}.err{fill:#ff5a72}.unsure{fill:#f3b64a}
      .arrivals{stroke:#9fadbb}.slow{fill:#a88bf0;stroke:#b9a2f5}.fault{fill:#ff5a72;fill-opacity:.13}
      .faultbar{fill:#c2233f}.faultedge{stroke:#ff5a72}.heal{stroke:#5fd38a}.down{fill:#aab6c2;fill-opacity:.3}
      .switch{stroke:#ffa04d}.switchtip{fill:#ffa04d}.switchtext{fill:#ffb779}.blackout{stroke:#ff7d90}.pill{fill:#12171d;stroke:#ff7d90}
      .onbar{fill:#fff}.phase{fill:#252e38;stroke:#12171d}
      .host{fill:#142a45;stroke:#4d97f0}.idle{fill:#1b222b;stroke:#4a5663}.adapter{fill:#12171d;stroke:#4d97f0}
      .fabric{fill:#222a33;stroke:#74828f}.plate{fill:#222a33}.array{fill:#1a1826;stroke:#9b82e0}.node{fill:#12171d;stroke:#9b82e0}
      .port{fill:#2a2340;stroke:#9b82e0}.volume{fill:#352b55;stroke:#9b82e0}
      .link{stroke:#44505d}.used{stroke:#4d97f0}.broken{stroke:#ff5a72}.cross{stroke:#ff5a72}.brokenbox{fill:#3a1820;stroke:#ff5a72}
      .team{stroke:#9fadbb}.figure{fill:#12171d;stroke:#44505d}
      .tag{fill:#e6ebf1}.tagtext{fill:#12171d}.halo{stroke:#12171d}
      }
      """;

  private final StringBuilder out = new StringBuilder(32 * 1024);

  /**
   * @param width in CSS pixels at natural size; scales with its container
   * @param height likewise
   */
  Svg(double width, double height, String title) {
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 " + number(width) + " " + number(height),
        "width",
        width,
        "height",
        height,
        "role",
        "img");
    out.append("<title>").append(Markup.escape(title)).append("</title>\n");
    out.append("<style>").append(STYLE).append("</style>\n");
    out.append("<defs><pattern id=\"hatch\" width=\"7\" height=\"7\"");
    out.append(" patternTransform=\"rotate(45)\" patternUnits=\"userSpaceOnUse\">");
    out.append("<line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\"/></pattern></defs>\n");
    leaf("rect", "class", "bg", "x", 0, "y", 0, "width", width, "height", height);
  }

  /** Opens an element; attributes alternate name and value. */
  Svg open(String element, Object... attributes) {
    tag(element, attributes);
    out.append(">\n");
    return this;
  }

  Svg close(String element) {
    out.append("</").append(element).append(">\n");
    return this;
  }

  /** An element without content. */
  Svg leaf(String element, Object... attributes) {
    tag(element, attributes);
    out.append("/>\n");
    return this;
  }

  /** An element whose only content is a tooltip. */
  Svg titled(String element, String tooltip, Object... attributes) {
    tag(element, attributes);
    out.append("><title>").append(Markup.escape(tooltip)).append("</title>");
    out.append("</").append(element).append(">\n");
    return this;
  }

  Svg text(double x, double y, String classes, String text, Object... attributes) {
    out.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y)).append('"');
    if (!classes.isEmpty()) {
      out.append(" class=\"").append(classes).append('"');
    }
    attributes(attributes);
    out.append('>').append(Markup.escape(text)).append("</text>\n");
    return this;
  }

  Svg rect(String classes, double x, double y, double width, double height, double radius) {
    return leaf(
        "rect", "class", classes, "x", x, "y", y, "width", width, "height", height, "rx", radius);
  }

  Svg line(String classes, double x1, double y1, double x2, double y2) {
    return leaf("line", "class", classes, "x1", x1, "y1", y1, "x2", x2, "y2", y2);
  }

  /** A cross, centred; what stands for "broken" in every picture. */
  Svg cross(double x, double y, double reach) {
    line("cross", x - reach, y - reach, x + reach, y + reach);
    return line("cross", x - reach, y + reach, x + reach, y - reach);
  }

  /** A tag with a short name such as X, centred on a point. */
  Svg nameTag(double x, double y, String name) {
    double width = Math.max(20, textWidth(name, 12) + 12);
    rect("tag", x - width / 2, y - 10, width, 20, 10);
    return text(x, y + 4.5, "tagtext mid", name);
  }

  /** The whole document. */
  String end() {
    return out + "</svg>\n";
  }

  /** About how wide a text becomes; generic fonts are all that is known. */
  static double textWidth(String text, double fontPixels) {
    return text.length() * fontPixels * 0.57;
  }

  /** At most two decimals, none if whole. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "0";
    }
    if (Math.abs(value - Math.rint(value)) < 0.005) {
      return Long.toString(Math.round(value));
    }
    long tenths = Math.round(Math.abs(value) * 10);
    return (value < 0 ? "-" : "") + tenths / 10 + "." + tenths % 10;
  }

  private void tag(String element, Object... attributes) {
    out.append('<').append(element);
    attributes(attributes);
  }

  private void attributes(Object... attributes) {
    for (int i = 0; i < attributes.length; i += 2) {
      Object value = attributes[i + 1];
      String text = value instanceof Double number ? number(number) : String.valueOf(value);
      out.append(' ').append(attributes[i]).append("=\"").append(Markup.escape(text)).append('"');
    }
  }
}
