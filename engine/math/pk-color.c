#include "pk-color.h"

#include "pk-ecma.h"
#include "pk-error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *name;
  guint32 rgb;
} NamedColor;

/* CSS Color Module Level 4, §6.1; sorted by name. */
static const NamedColor named_colors[] = {
  { "aliceblue", 0xf0f8ff }, { "antiquewhite", 0xfaebd7 }, { "aqua", 0x00ffff },
  { "aquamarine", 0x7fffd4 }, { "azure", 0xf0ffff }, { "beige", 0xf5f5dc }, { "bisque", 0xffe4c4 },
  { "black", 0x000000 }, { "blanchedalmond", 0xffebcd }, { "blue", 0x0000ff }, { "blueviolet", 0x8a2be2 },
  { "brown", 0xa52a2a }, { "burlywood", 0xdeb887 }, { "cadetblue", 0x5f9ea0 }, { "chartreuse", 0x7fff00 },
  { "chocolate", 0xd2691e }, { "coral", 0xff7f50 }, { "cornflowerblue", 0x6495ed },
  { "cornsilk", 0xfff8dc }, { "crimson", 0xdc143c }, { "cyan", 0x00ffff }, { "darkblue", 0x00008b },
  { "darkcyan", 0x008b8b }, { "darkgoldenrod", 0xb8860b }, { "darkgray", 0xa9a9a9 },
  { "darkgreen", 0x006400 }, { "darkgrey", 0xa9a9a9 }, { "darkkhaki", 0xbdb76b },
  { "darkmagenta", 0x8b008b }, { "darkolivegreen", 0x556b2f }, { "darkorange", 0xff8c00 },
  { "darkorchid", 0x9932cc }, { "darkred", 0x8b0000 }, { "darksalmon", 0xe9967a },
  { "darkseagreen", 0x8fbc8f }, { "darkslateblue", 0x483d8b }, { "darkslategray", 0x2f4f4f },
  { "darkslategrey", 0x2f4f4f }, { "darkturquoise", 0x00ced1 }, { "darkviolet", 0x9400d3 },
  { "deeppink", 0xff1493 }, { "deepskyblue", 0x00bfff }, { "dimgray", 0x696969 }, { "dimgrey", 0x696969 },
  { "dodgerblue", 0x1e90ff }, { "firebrick", 0xb22222 }, { "floralwhite", 0xfffaf0 },
  { "forestgreen", 0x228b22 }, { "fuchsia", 0xff00ff }, { "gainsboro", 0xdcdcdc },
  { "ghostwhite", 0xf8f8ff }, { "gold", 0xffd700 }, { "goldenrod", 0xdaa520 }, { "gray", 0x808080 },
  { "green", 0x008000 }, { "greenyellow", 0xadff2f }, { "grey", 0x808080 }, { "honeydew", 0xf0fff0 },
  { "hotpink", 0xff69b4 }, { "indianred", 0xcd5c5c }, { "indigo", 0x4b0082 }, { "ivory", 0xfffff0 },
  { "khaki", 0xf0e68c }, { "lavender", 0xe6e6fa }, { "lavenderblush", 0xfff0f5 },
  { "lawngreen", 0x7cfc00 }, { "lemonchiffon", 0xfffacd }, { "lightblue", 0xadd8e6 },
  { "lightcoral", 0xf08080 }, { "lightcyan", 0xe0ffff }, { "lightgoldenrodyellow", 0xfafad2 },
  { "lightgray", 0xd3d3d3 }, { "lightgreen", 0x90ee90 }, { "lightgrey", 0xd3d3d3 },
  { "lightpink", 0xffb6c1 }, { "lightsalmon", 0xffa07a }, { "lightseagreen", 0x20b2aa },
  { "lightskyblue", 0x87cefa }, { "lightslategray", 0x778899 }, { "lightslategrey", 0x778899 },
  { "lightsteelblue", 0xb0c4de }, { "lightyellow", 0xffffe0 }, { "lime", 0x00ff00 },
  { "limegreen", 0x32cd32 }, { "linen", 0xfaf0e6 }, { "magenta", 0xff00ff }, { "maroon", 0x800000 },
  { "mediumaquamarine", 0x66cdaa }, { "mediumblue", 0x0000cd }, { "mediumorchid", 0xba55d3 },
  { "mediumpurple", 0x9370db }, { "mediumseagreen", 0x3cb371 }, { "mediumslateblue", 0x7b68ee },
  { "mediumspringgreen", 0x00fa9a }, { "mediumturquoise", 0x48d1cc }, { "mediumvioletred", 0xc71585 },
  { "midnightblue", 0x191970 }, { "mintcream", 0xf5fffa }, { "mistyrose", 0xffe4e1 },
  { "moccasin", 0xffe4b5 }, { "navajowhite", 0xffdead }, { "navy", 0x000080 }, { "oldlace", 0xfdf5e6 },
  { "olive", 0x808000 }, { "olivedrab", 0x6b8e23 }, { "orange", 0xffa500 }, { "orangered", 0xff4500 },
  { "orchid", 0xda70d6 }, { "palegoldenrod", 0xeee8aa }, { "palegreen", 0x98fb98 },
  { "paleturquoise", 0xafeeee }, { "palevioletred", 0xdb7093 }, { "papayawhip", 0xffefd5 },
  { "peachpuff", 0xffdab9 }, { "peru", 0xcd853f }, { "pink", 0xffc0cb }, { "plum", 0xdda0dd },
  { "powderblue", 0xb0e0e6 }, { "purple", 0x800080 }, { "rebeccapurple", 0x663399 }, { "red", 0xff0000 },
  { "rosybrown", 0xbc8f8f }, { "royalblue", 0x4169e1 }, { "saddlebrown", 0x8b4513 },
  { "salmon", 0xfa8072 }, { "sandybrown", 0xf4a460 }, { "seagreen", 0x2e8b57 }, { "seashell", 0xfff5ee },
  { "sienna", 0xa0522d }, { "silver", 0xc0c0c0 }, { "skyblue", 0x87ceeb }, { "slateblue", 0x6a5acd },
  { "slategray", 0x708090 }, { "slategrey", 0x708090 }, { "snow", 0xfffafa }, { "springgreen", 0x00ff7f },
  { "steelblue", 0x4682b4 }, { "tan", 0xd2b48c }, { "teal", 0x008080 }, { "thistle", 0xd8bfd8 },
  { "tomato", 0xff6347 }, { "turquoise", 0x40e0d0 }, { "violet", 0xee82ee }, { "wheat", 0xf5deb3 },
  { "white", 0xffffff }, { "whitesmoke", 0xf5f5f5 }, { "yellow", 0xffff00 }, { "yellowgreen", 0x9acd32 },
};

static int
compare_name(gconstpointer key, gconstpointer entry)
{
  return strcmp(key, ((const NamedColor *)entry)->name);
}

PkColor
pk_color_from_rgb(guint32 rgb)
{
  return (PkColor){ rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff, 1 };
}

/* Nothing painted has no colour of its own. */
static PkColor
with_alpha(double r, double g, double b, double a)
{
  if (a <= 0)
    r = g = b = NAN;
  return (PkColor){ r, g, b, a };
}

static gboolean
parse_hex(const char *digits, PkColor *color)
{
  gsize n = strlen(digits);
  int d[8];

  if (n != 3 && n != 4 && n != 6 && n != 8)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if ((d[i] = g_ascii_xdigit_value(digits[i])) < 0)
      return FALSE;
  if (n <= 4)
    *color = with_alpha(d[0] * 17, d[1] * 17, d[2] * 17, n == 4 ? d[3] * 17 / 255.0 : 1);
  else
    *color = with_alpha(d[0] * 16 + d[1], d[2] * 16 + d[3], d[4] * 16 + d[5],
                        n == 8 ? (d[6] * 16 + d[7]) / 255.0 : 1);
  return TRUE;
}

/* Three or four numbers, each perhaps with %, between commas (or spaces and a slash) up to ")". */
static gboolean
parse_arguments(const char *p, double values[4], gboolean percent[4], int *n)
{
  for (*n = 0; *n < 4; p++) {
    char *end;

    while (g_ascii_isspace(*p))
      p++;
    if (!g_ascii_isdigit(*p) && !strchr("+-.", *p))
      return FALSE;
    values[*n] = g_ascii_strtod(p, &end);
    if (end == p)
      return FALSE;
    percent[*n] = *end == '%';
    p = end + percent[*n];
    ++*n;
    if (g_str_has_prefix(p, "deg"))
      p += 3;
    while (g_ascii_isspace(*p))
      p++;
    if (*p == ')')
      return *n >= 3 && p[1] == '\0';
    if (*p != ',' && *p != '/')
      p--;
  }
  return FALSE;
}

/* One of the six sectors of the hue circle: FvD 13.37, CSS Color Module Level 3. */
static double
hue_to_channel(double h, double m1, double m2)
{
  return (h < 60 ? m1 + (m2 - m1) * h / 60
          : h < 180 ? m2
          : h < 240 ? m1 + (m2 - m1) * (240 - h) / 60
          : m1) * 255;
}

static PkColor
hsl_to_rgb(double h, double s, double l, double a)
{
  double m1, m2;

  h = fmod(h, 360) + (h < 0 ? 360 : 0);
  if (isnan(h) || isnan(s))
    s = 0;
  m2 = l + (l < 0.5 ? l : 1 - l) * s;
  m1 = 2 * l - m2;
  return (PkColor){ hue_to_channel(h >= 240 ? h - 240 : h + 120, m1, m2), hue_to_channel(h, m1, m2),
                    hue_to_channel(h < 120 ? h + 240 : h - 120, m1, m2), a };
}

static gboolean
parse_function(const char *text, PkColor *color)
{
  gboolean hsl = g_str_has_prefix(text, "hsl"), percent[4];
  const char *p = text + 3;
  double v[4], a = 1;
  int n;

  if (!hsl && !g_str_has_prefix(text, "rgb"))
    return FALSE;
  if (*p == 'a')
    p++;
  if (*p++ != '(' || !parse_arguments(p, v, percent, &n))
    return FALSE;
  if (n == 4)
    a = percent[3] ? v[3] / 100 : v[3];
  if (hsl) {
    if (percent[0] || !percent[1] || !percent[2])
      return FALSE;
    *color = a <= 0 ? with_alpha(0, 0, 0, a) : hsl_to_rgb(v[0], v[1] / 100, v[2] / 100, a);
    return TRUE;
  }
  if (percent[0] != percent[1] || percent[1] != percent[2])
    return FALSE;
  for (int i = 0; i < 3 && percent[0]; i++)
    v[i] = v[i] * 255 / 100;
  *color = with_alpha(v[0], v[1], v[2], a);
  return TRUE;
}

gboolean
pk_color_parse(const char *text, PkColor *color)
{
  g_autofree char *t = g_strstrip(g_ascii_strdown(text, -1));
  const NamedColor *named;

  if (*t == '#')
    return parse_hex(t + 1, color);
  if (strchr(t, '('))
    return parse_function(t, color);
  if (strcmp(t, "transparent") == 0) {
    *color = (PkColor){ NAN, NAN, NAN, 0 };
    return TRUE;
  }
  named = bsearch(t, named_colors, G_N_ELEMENTS(named_colors), sizeof *named_colors, compare_name);
  if (!named)
    return FALSE;
  *color = pk_color_from_rgb(named->rgb);
  return TRUE;
}

static guint32
channel_byte(double value)
{
  return isnan(value) ? 0 : (guint32)CLAMP(pk_ecma_round(value), 0, 255);
}

guint32
pk_color_to_rgb(const PkColor *color)
{
  return channel_byte(color->r) << 16 | channel_byte(color->g) << 8 | channel_byte(color->b);
}

char *
pk_color_to_hex(const PkColor *color)
{
  return g_strdup_printf("#%06x", pk_color_to_rgb(color));
}

double
pk_color_alpha(const PkColor *color)
{
  return isnan(color->a) ? 1 : CLAMP(color->a, 0, 1);
}

static const struct {
  const char *name;
  PkColorSpace space;
} space_names[] = {
  { "rgb", PK_COLOR_SPACE_RGB }, { "hsl", PK_COLOR_SPACE_HSL }, { "hsl-long", PK_COLOR_SPACE_HSL_LONG },
  { "lab", PK_COLOR_SPACE_LAB }, { "hcl", PK_COLOR_SPACE_HCL }, { "hcl-long", PK_COLOR_SPACE_HCL_LONG },
  { "cubehelix", PK_COLOR_SPACE_CUBEHELIX }, { "cubehelix-long", PK_COLOR_SPACE_CUBEHELIX_LONG },
};

gboolean
pk_color_space_parse(const char *name, PkColorSpace *space, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(space_names); i++)
    if (g_ascii_strcasecmp(name, space_names[i].name) == 0) {
      *space = space_names[i].space;
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_INVALID,
                 "colour interpolation \"%s\" is not known (there are rgb, hsl, hsl-long, lab, hcl, "
                 "hcl-long, cubehelix and cubehelix-long)", name);
}

/* Three coordinates in a space and the opacity; hue first where there is one, lightness last but
 * in Lab. NAN: the coordinate has no meaning (the hue of grey). */
typedef struct {
  double v[3];
  double a;
} Coordinates;

static Coordinates
rgb_to_hsl(const PkColor *c)
{
  double r = c->r / 255, g = c->g / 255, b = c->b / 255;
  double min = MIN(r, MIN(g, b)), max = MAX(r, MAX(g, b));
  double h = NAN, s = max - min, l = (max + min) / 2;

  if (isnan(r) || isnan(g) || isnan(b))
    return (Coordinates){ { NAN, NAN, NAN }, c->a };
  if (s != 0) {
    if (r == max)
      h = (g - b) / s + (g < b ? 6 : 0);
    else if (g == max)
      h = (b - r) / s + 2;
    else
      h = (r - g) / s + 4;
    s /= l < 0.5 ? max + min : 2 - max - min;
    h *= 60;
  } else {
    s = l > 0 && l < 1 ? 0 : h;
  }
  return (Coordinates){ { h, s, l }, c->a };
}

/* CIELAB relative to D50, the matrices with the Bradford adaptation folded in. */
#define WHITE_X 0.96422
#define WHITE_Y 1.0
#define WHITE_Z 0.82521
#define LAB_T0  (4.0 / 29)
#define LAB_T1  (6.0 / 29)
#define LAB_T2  (3 * LAB_T1 * LAB_T1)
#define LAB_T3  (LAB_T1 * LAB_T1 * LAB_T1)
#define RADIANS (G_PI / 180)
#define DEGREES (180 / G_PI)

static double
linear_channel(double x)
{
  x /= 255;
  return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
}

static double
gamma_channel(double x)
{
  return 255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055);
}

static double
xyz_to_lab(double t)
{
  return t > LAB_T3 ? pow(t, 1.0 / 3) : t / LAB_T2 + LAB_T0;
}

static double
lab_to_xyz(double t)
{
  return t > LAB_T1 ? t * t * t : LAB_T2 * (t - LAB_T0);
}

static Coordinates
rgb_to_lab(const PkColor *c)
{
  double r = linear_channel(c->r), g = linear_channel(c->g), b = linear_channel(c->b);
  double y = xyz_to_lab((0.2225045 * r + 0.7168786 * g + 0.0606169 * b) / WHITE_Y), x = y, z = y;

  if (!(r == g && g == b)) {
    x = xyz_to_lab((0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / WHITE_X);
    z = xyz_to_lab((0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / WHITE_Z);
  }
  return (Coordinates){ { 116 * y - 16, 500 * (x - y), 200 * (y - z) }, c->a };
}

static PkColor
lab_to_rgb(const Coordinates *c)
{
  double y = (c->v[0] + 16) / 116;
  double x = isnan(c->v[1]) ? y : y + c->v[1] / 500, z = isnan(c->v[2]) ? y : y - c->v[2] / 200;

  x = WHITE_X * lab_to_xyz(x);
  y = WHITE_Y * lab_to_xyz(y);
  z = WHITE_Z * lab_to_xyz(z);
  return (PkColor){ gamma_channel(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
                    gamma_channel(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z),
                    gamma_channel(0.0719453 * x - 0.2289914 * y + 1.4052427 * z), c->a };
}

static Coordinates
rgb_to_hcl(const PkColor *c)
{
  Coordinates lab = rgb_to_lab(c);
  double l = lab.v[0], a = lab.v[1], b = lab.v[2], h;

  if (a == 0 && b == 0)
    return (Coordinates){ { NAN, 0 < l && l < 100 ? 0 : NAN, l }, c->a };
  h = atan2(b, a) * DEGREES;
  return (Coordinates){ { h < 0 ? h + 360 : h, sqrt(a * a + b * b), l }, c->a };
}

static PkColor
hcl_to_rgb(const Coordinates *c)
{
  double h = c->v[0] * RADIANS;
  Coordinates lab = { { c->v[2], 0, 0 }, c->a };

  if (!isnan(h)) {
    lab.v[1] = cos(h) * c->v[1];
    lab.v[2] = sin(h) * c->v[1];
  }
  return lab_to_rgb(&lab);
}

#define HELIX_A  (-0.14861)
#define HELIX_B  1.78277
#define HELIX_C  (-0.29227)
#define HELIX_D  (-0.90649)
#define HELIX_E  1.97294
#define HELIX_ED (HELIX_E * HELIX_D)
#define HELIX_EB (HELIX_E * HELIX_B)
#define HELIX_BC_DA (HELIX_B * HELIX_C - HELIX_D * HELIX_A)

static Coordinates
rgb_to_cubehelix(const PkColor *c)
{
  double r = c->r / 255, g = c->g / 255, b = c->b / 255;
  double l = (HELIX_BC_DA * b + HELIX_ED * r - HELIX_EB * g) / (HELIX_BC_DA + HELIX_ED - HELIX_EB);
  double bl = b - l, k = (HELIX_E * (g - l) - HELIX_C * bl) / HELIX_D;
  double s = sqrt(k * k + bl * bl) / (HELIX_E * l * (1 - l));
  double h = s != 0 && !isnan(s) ? atan2(k, bl) * DEGREES - 120 : NAN;

  return (Coordinates){ { h < 0 ? h + 360 : h, s, l }, c->a };
}

static PkColor
cubehelix_to_rgb(const Coordinates *c)
{
  double h = isnan(c->v[0]) ? 0 : (c->v[0] + 120) * RADIANS, l = c->v[2];
  double a = isnan(c->v[1]) ? 0 : c->v[1] * l * (1 - l), cosh = cos(h), sinh = sin(h);

  return (PkColor){ 255 * (l + a * (HELIX_A * cosh + HELIX_B * sinh)),
                    255 * (l + a * (HELIX_C * cosh + HELIX_D * sinh)),
                    255 * (l + a * (HELIX_E * cosh)), c->a };
}

/* A coordinate that one end lacks is the other's throughout. */
static double
mix(double a, double b, double t)
{
  double d = b - a;

  return d != 0 && !isnan(d) ? a + t * d : isnan(a) ? b : a;
}

static double
mix_hue(double a, double b, double t)
{
  double d = b - a;

  if (d > 180 || d < -180)
    d -= 360 * pk_ecma_round(d / 360);
  return b - a != 0 && !isnan(d) ? a + t * d : isnan(a) ? b : a;
}

static double
mix_gamma(double a, double b, double gamma, double t)
{
  double pa;

  if (gamma == 1 || b - a == 0 || isnan(b - a))
    return mix(a, b, t);
  pa = pow(a, gamma);
  return pow(pa + t * (pow(b, gamma) - pa), 1 / gamma);
}

static Coordinates
to_space(PkColorSpace space, const PkColor *c)
{
  switch (space) {
  case PK_COLOR_SPACE_HSL:
  case PK_COLOR_SPACE_HSL_LONG: return rgb_to_hsl(c);
  case PK_COLOR_SPACE_LAB: return rgb_to_lab(c);
  case PK_COLOR_SPACE_HCL:
  case PK_COLOR_SPACE_HCL_LONG: return rgb_to_hcl(c);
  default: return rgb_to_cubehelix(c);
  }
}

static PkColor
from_space(PkColorSpace space, const Coordinates *c)
{
  switch (space) {
  case PK_COLOR_SPACE_HSL:
  case PK_COLOR_SPACE_HSL_LONG: return hsl_to_rgb(c->v[0], c->v[1], c->v[2], c->a);
  case PK_COLOR_SPACE_LAB: return lab_to_rgb(c);
  case PK_COLOR_SPACE_HCL:
  case PK_COLOR_SPACE_HCL_LONG: return hcl_to_rgb(c);
  default: return cubehelix_to_rgb(c);
  }
}

PkColor
pk_color_interpolate(PkColorSpace space, double gamma, const PkColor *a, const PkColor *b, double t)
{
  gboolean helix = space == PK_COLOR_SPACE_CUBEHELIX || space == PK_COLOR_SPACE_CUBEHELIX_LONG;
  gboolean short_hue = space == PK_COLOR_SPACE_HSL || space == PK_COLOR_SPACE_HCL
                    || space == PK_COLOR_SPACE_CUBEHELIX;
  Coordinates p, q, m;

  if (space == PK_COLOR_SPACE_RGB)
    return (PkColor){ mix_gamma(a->r, b->r, gamma, t), mix_gamma(a->g, b->g, gamma, t),
                      mix_gamma(a->b, b->b, gamma, t), mix(a->a, b->a, t) };
  p = to_space(space, a);
  q = to_space(space, b);
  m.v[0] = short_hue ? mix_hue(p.v[0], q.v[0], t) : mix(p.v[0], q.v[0], t);
  m.v[1] = mix(p.v[1], q.v[1], t);
  m.v[2] = mix(p.v[2], q.v[2], helix && gamma != 1 ? pow(t, gamma) : t);
  m.a = mix(p.a, q.a, t);
  return from_space(space, &m);
}

PkColor
pk_color_piecewise(PkColorSpace space, double gamma, const PkColor *colors, gsize n, double t)
{
  double i;

  if (n < 2 || isnan(t))
    return colors[0];
  t *= (double)(n - 1);
  i = CLAMP(floor(t), 0, (double)n - 2);
  return pk_color_interpolate(space, gamma, &colors[(gsize)i], &colors[(gsize)i + 1], t - i);
}

double
pk_color_luminance(const PkColor *color)
{
  return 0.2126 * linear_channel(color->r) + 0.7152 * linear_channel(color->g)
       + 0.0722 * linear_channel(color->b);
}
