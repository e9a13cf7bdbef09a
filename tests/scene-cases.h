/* Specifications and the scenes that the reference implementation (vega-lite 6.5.0, vega 6.4.0) makes of
 * them, as pk_scene_to_json writes them, without white space between members. */
#pragma once

typedef struct {
  const char *name, *spec, *scene;
} SceneCase;

static const SceneCase scene_cases[] = {
  { "band-bars",
    "{\"data\":{\"values\":[{\"a\":\"A\",\"b\":28,\"c\":1},{\"a\":\"B\",\"b\":55,\"c\":2},{\""
    "a\":\"C\",\"b\":-43,\"c\":3}]},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"a\",\"t"
    "ype\":\"nominal\"},\"y\":{\"field\":\"b\",\"type\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":60,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":1,\"y\":87.27,\"width\":18,\"he"
    "ight\":76.36,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":21,\"y\":13.64,\"width\":18,\""
    "height\":150,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":41,\"y\":163.64,\"width\":18,\""
    "height\":117.27,\"fill\":\"#4c78a8\",\"stroke\":null}]}],\"axes\":[{\"orient\":\"bottom\""
    ",\"title\":\"a\",\"ticks\":[[10,\"A\"],[30,\"B\"],[50,\"C\"]]},{\"orient\":\"left\",\"ti"
    "tle\":\"b\",\"ticks\":[[0,\"60\"],[27.27,\"50\"],[54.55,\"40\"],[81.82,\"30\"],[109.09,\""
    "20\"],[136.36,\"10\"],[163.64,\"0\"],[190.91,\"−10\"],[218.18,\"−20\"],[245.45,\"−30\"],"
    "[272.73,\"−40\"],[300,\"−50\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"leg"
    "ends\":[]}" },
  { "horizontal-point-scale",
    "{\"data\":{\"values\":[{\"a\":\"A\",\"b\":28,\"c\":1},{\"a\":\"B\",\"b\":55,\"c\":2},{\""
    "a\":\"C\",\"b\":-43,\"c\":3}]},\"mark\":\"point\",\"encoding\":{\"y\":{\"field\":\"a\",\""
    "type\":\"nominal\"},\"x\":{\"field\":\"b\",\"type\":\"quantitative\"},\"size\":{\"field\""
    ":\"c\",\"type\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":60,\"title\":null,\"m"
    "arks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":212.73,\"y\":10,\"size\":123,"
    "\"shape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":"
    "0.7},{\"x\":286.36,\"y\":30,\"size\":242,\"shape\":\"circle\",\"fill\":null,\"stroke\":\""
    "#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7},{\"x\":19.09,\"y\":50,\"size\":361,\"shape\""
    ":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}]}],\""
    "axes\":[{\"orient\":\"bottom\",\"title\":\"b\",\"ticks\":[[0,\"−50\"],[54.55,\"−30\"],[1"
    "09.09,\"−10\"],[163.64,\"10\"],[218.18,\"30\"],[272.73,\"50\"]]},{\"orient\":\"left\",\""
    "title\":\"a\",\"ticks\":[[10,\"A\"],[30,\"B\"],[50,\"C\"]]}]}],\"axes\":[],\"headers\":["
    "],\"headerTitles\":[],\"legends\":[{\"title\":\"c\",\"type\":\"symbol\",\"labels\":[\"0."
    "0\",\"0.5\",\"1.0\",\"1.5\",\"2.0\",\"2.5\",\"3.0\"]}]}" },
  { "log-and-sequential-colour",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":\"circle\",\"en"
    "coding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\",\"scale\":{\"type\":\"log\"}}"
    ",\"y\":{\"field\":\"y\",\"type\":\"quantitative\",\"scale\":{\"type\":\"symlog\"}},\"col"
    "or\":{\"field\":\"w\",\"type\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":0,\"y\":195.88,\"size\":30,\""
    "shape\":\"circle\",\"fill\":\"#cfe1f2\",\"stroke\":null,\"opacity\":0.7},{\"x\":143.14,\""
    "y\":99.6,\"size\":30,\"shape\":\"circle\",\"fill\":\"#9cc8e2\",\"stroke\":null,\"opacity"
    "\":0.7},{\"x\":300,\"y\":0,\"size\":30,\"shape\":\"circle\",\"fill\":\"#0a4a90\",\"strok"
    "e\":null,\"opacity\":0.7}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\":"
    "[[0,\"1\"],[90.31,\"2\"],[143.14,\"3\"],[180.62,\"4\"],[209.69,\"5\"],[233.45,\"6\"],[25"
    "3.53,\"7\"],[270.93,\"8\"],[286.27,\"9\"]]},{\"orient\":\"left\",\"title\":\"y\",\"ticks"
    "\":[[9.68,\"800\"],[22.15,\"600\"],[39.72,\"400\"],[52.18,\"300\"],[69.71,\"200\"],[99.6"
    ",\"100\"],[300,\"0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[{"
    "\"title\":\"w\",\"type\":\"gradient\",\"labels\":[\"200\",\"400\",\"600\",\"800\"]}]}" },
  { "time-unit-bars",
    "{\"data\":{\"values\":[{\"d\":\"2024-01-01\",\"v\":3,\"k\":\"p\"},{\"d\":\"2024-02-15\","
    "\"v\":5,\"k\":\"p\"},{\"d\":\"2024-02-20\",\"v\":1,\"k\":\"q\"},{\"d\":\"2024-05-01\",\""
    "v\":8,\"k\":\"q\"}]},\"mark\":\"bar\",\"encoding\":{\"x\":{\"timeUnit\":\"yearmonth\",\""
    "field\":\"d\",\"type\":\"temporal\"},\"y\":{\"aggregate\":\"sum\",\"field\":\"v\",\"type"
    "\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":1,\"y\":187.5,\"width\":60.18,"
    "\"height\":112.5,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":62.18,\"y\":75,\"width\":5"
    "6.24,\"height\":225,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":239.82,\"y\":0,\"width\""
    ":60.18,\"height\":300,\"fill\":\"#4c78a8\",\"stroke\":null}]}],\"axes\":[{\"orient\":\"b"
    "ottom\",\"title\":\"d (year-month)\",\"ticks\":[[0,\"Jan 2024\"],[118.42,\"Mar 2024\"],["
    "238.82,\"May 2024\"]]},{\"orient\":\"left\",\"title\":\"Sum of v\",\"ticks\":[[0,\"8\"],"
    "[37.5,\"7\"],[75,\"6\"],[112.5,\"5\"],[150,\"4\"],[187.5,\"3\"],[225,\"2\"],[262.5,\"1\""
    "],[300,\"0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "ordinal-time-unit",
    "{\"data\":{\"values\":[{\"d\":\"2024-01-01\",\"v\":3,\"k\":\"p\"},{\"d\":\"2024-02-15\","
    "\"v\":5,\"k\":\"p\"},{\"d\":\"2024-02-20\",\"v\":1,\"k\":\"q\"},{\"d\":\"2024-05-01\",\""
    "v\":8,\"k\":\"q\"}]},\"mark\":\"tick\",\"encoding\":{\"x\":{\"timeUnit\":\"month\",\"fie"
    "ld\":\"d\",\"type\":\"ordinal\"},\"y\":{\"field\":\"v\",\"type\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":60,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":4,\"items\":[{\"x\":2.5,\"y\":187,\"width\":15,\"he"
    "ight\":1,\"fill\":\"#4c78a8\",\"stroke\":null,\"opacity\":0.7},{\"x\":22.5,\"y\":112,\"w"
    "idth\":15,\"height\":1,\"fill\":\"#4c78a8\",\"stroke\":null,\"opacity\":0.7},{\"x\":22.5"
    ",\"y\":262,\"width\":15,\"height\":1,\"fill\":\"#4c78a8\",\"stroke\":null,\"opacity\":0."
    "7},{\"x\":42.5,\"y\":-0.5,\"width\":15,\"height\":1,\"fill\":\"#4c78a8\",\"stroke\":null"
    ",\"opacity\":0.7}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"d (month)\",\"ticks\":"
    "[[10,\"Jan\"],[50,\"May\"]]},{\"orient\":\"left\",\"title\":\"v\",\"ticks\":[[0,\"8\"],["
    "37.5,\"7\"],[75,\"6\"],[112.5,\"5\"],[150,\"4\"],[187.5,\"3\"],[225,\"2\"],[262.5,\"1\"]"
    ",[300,\"0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "stacked-normalized",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":\"bar\",\"encod"
    "ing\":{\"x\":{\"field\":\"g\",\"type\":\"nominal\"},\"y\":{\"field\":\"w\",\"type\":\"qu"
    "antitative\",\"stack\":\"normalize\"},\"color\":{\"field\":\"x\",\"type\":\"ordinal\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":40,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":1,\"y\":0,\"width\":18,\"height"
    "\":30,\"fill\":\"#9cc8e2\",\"stroke\":null},{\"x\":21,\"y\":0,\"width\":18,\"height\":30"
    "0,\"fill\":\"#5ba3cf\",\"stroke\":null},{\"x\":1,\"y\":30,\"width\":18,\"height\":270,\""
    "fill\":\"#2978b8\",\"stroke\":null}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"g\","
    "\"ticks\":[[10,\"u\"],[30,\"v\"]]},{\"orient\":\"left\",\"title\":\"w\",\"ticks\":[[0,\""
    "100%\"],[30,\"90%\"],[60,\"80%\"],[90,\"70%\"],[120,\"60%\"],[150,\"50%\"],[180,\"40%\"]"
    ",[210,\"30%\"],[240,\"20%\"],[270,\"10%\"],[300,\"0%\"]]}]}],\"axes\":[],\"headers\":[],"
    "\"headerTitles\":[],\"legends\":[{\"title\":\"x\",\"type\":\"symbol\",\"labels\":[\"1\","
    "\"3\",\"10\"]}]}" },
  { "offset-bars",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":\"bar\",\"width"
    "\":{\"step\":12},\"encoding\":{\"x\":{\"field\":\"g\",\"type\":\"nominal\"},\"xOffset\":"
    "{\"field\":\"x\",\"type\":\"ordinal\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}"
    "}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":99,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":9,\"y\":297,\"width\":12,\"heig"
    "ht\":3,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":66,\"y\":270,\"width\":12,\"height\""
    ":30,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":33,\"y\":0,\"width\":12,\"height\":300,"
    "\"fill\":\"#4c78a8\",\"stroke\":null}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"g\""
    ",\"ticks\":[[27,\"u\"],[72,\"v\"]]},{\"orient\":\"left\",\"title\":\"y\",\"ticks\":[[0,\""
    "1,000\"],[30,\"900\"],[60,\"800\"],[90,\"700\"],[120,\"600\"],[150,\"500\"],[180,\"400\""
    "],[210,\"300\"],[240,\"200\"],[270,\"100\"],[300,\"0\"]]}]}],\"axes\":[],\"headers\":[],"
    "\"headerTitles\":[],\"legends\":[]}" },
  { "ranged-and-value",
    "{\"data\":{\"values\":[{\"a\":\"A\",\"b\":28,\"c\":1},{\"a\":\"B\",\"b\":55,\"c\":2},{\""
    "a\":\"C\",\"b\":-43,\"c\":3}]},\"mark\":\"rule\",\"encoding\":{\"x\":{\"field\":\"b\",\""
    "type\":\"quantitative\"},\"x2\":{\"value\":\"width\"},\"y\":{\"field\":\"c\",\"type\":\""
    "quantitative\"},\"y2\":{\"value\":0}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"rule\",\"count\":3,\"items\":[{\"x\":212.73,\"y\":200,\"x2\":300,\""
    "y2\":0,\"stroke\":\"#000000\"},{\"x\":286.36,\"y\":100,\"x2\":300,\"y2\":0,\"stroke\":\""
    "#000000\"},{\"x\":19.09,\"y\":0,\"x2\":300,\"y2\":0,\"stroke\":\"#000000\"}]}],\"axes\":"
    "[{\"orient\":\"bottom\",\"title\":\"b\",\"ticks\":[[0,\"−50\"],[54.55,\"−30\"],[109.09,\""
    "−10\"],[163.64,\"10\"],[218.18,\"30\"],[272.73,\"50\"]]},{\"orient\":\"left\",\"title\":"
    "\"c\",\"ticks\":[[0,\"3.0\"],[50,\"2.5\"],[100,\"2.0\"],[150,\"1.5\"],[200,\"1.0\"],[250"
    ",\"0.5\"],[300,\"0.0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":"
    "[]}" },
  { "conditions-and-parameters",
    "{\"params\":[{\"name\":\"limit\",\"value\":30}],\"data\":{\"values\":[{\"a\":\"A\",\"b\""
    ":28,\"c\":1},{\"a\":\"B\",\"b\":55,\"c\":2},{\"a\":\"C\",\"b\":-43,\"c\":3}]},\"mark\":{"
    "\"type\":\"bar\",\"opacity\":{\"expr\":\"limit / 100\"}},\"encoding\":{\"x\":{\"field\":"
    "\"a\",\"type\":\"nominal\",\"axis\":null},\"y\":{\"field\":\"b\",\"type\":\"quantitative"
    "\"},\"color\":{\"condition\":{\"test\":\"datum.b > limit\",\"value\":\"red\"},\"value\":"
    "\"grey\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":60,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":1,\"y\":87.27,\"width\":18,\"he"
    "ight\":76.36,\"fill\":\"#808080\",\"stroke\":null,\"opacity\":0.3},{\"x\":21,\"y\":13.64"
    ",\"width\":18,\"height\":150,\"fill\":\"#ff0000\",\"stroke\":null,\"opacity\":0.3},{\"x\""
    ":41,\"y\":163.64,\"width\":18,\"height\":117.27,\"fill\":\"#808080\",\"stroke\":null,\"o"
    "pacity\":0.3}]}],\"axes\":[{\"orient\":\"left\",\"title\":\"b\",\"ticks\":[[0,\"60\"],[2"
    "7.27,\"50\"],[54.55,\"40\"],[81.82,\"30\"],[109.09,\"20\"],[136.36,\"10\"],[163.64,\"0\""
    "],[190.91,\"−10\"],[218.18,\"−20\"],[245.45,\"−30\"],[272.73,\"−40\"],[300,\"−50\"]]}]}]"
    ",\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "series-and-breaks",
    "{\"data\":{\"values\":[{\"x\":3,\"y\":4,\"s\":\"m\"},{\"x\":1,\"y\":2,\"s\":\"m\"},{\"x\""
    ":2,\"y\":null,\"s\":\"m\"},{\"x\":1,\"y\":5,\"s\":\"n\"},{\"x\":4,\"y\":1,\"s\":\"n\"}]}"
    ",\"mark\":\"line\",\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},\"y\""
    ":{\"field\":\"y\",\"type\":\"quantitative\"},\"color\":{\"field\":\"s\",\"type\":\"nomin"
    "al\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"line\",\"count\":2,\"items\":[{\"stroke\":\"#4c78a8\",\"strokeWidth"
    "\":2,\"points\":[[0,180],null,[200,60]]},{\"stroke\":\"#f58518\",\"strokeWidth\":2,\"poi"
    "nts\":[[0,0],[300,240]]}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\":["
    "[0,\"1.0\"],[50,\"1.5\"],[100,\"2.0\"],[150,\"2.5\"],[200,\"3.0\"],[250,\"3.5\"],[300,\""
    "4.0\"]]},{\"orient\":\"left\",\"title\":\"y\",\"ticks\":[[0,\"5.0\"],[30,\"4.5\"],[60,\""
    "4.0\"],[90,\"3.5\"],[120,\"3.0\"],[150,\"2.5\"],[180,\"2.0\"],[210,\"1.5\"],[240,\"1.0\""
    "],[270,\"0.5\"],[300,\"0.0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"lege"
    "nds\":[{\"title\":\"s\",\"type\":\"symbol\",\"labels\":[\"m\",\"n\"]}]}" },
  { "areas-with-two-ends",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":{\"type\":\"are"
    "a\",\"interpolate\":\"step\"},\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitati"
    "ve\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"},\"y2\":{\"field\":\"w\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"area\",\"count\":1,\"items\":[{\"orient\":\"vertical\",\"interpolat"
    "e\":\"step\",\"fill\":\"#4c78a8\",\"stroke\":null,\"points\":[[0,270,297],[66.67,210,270"
    "],[300,0,30]]}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\":[[0,\"1\"],"
    "[33.33,\"2\"],[66.67,\"3\"],[100,\"4\"],[133.33,\"5\"],[166.67,\"6\"],[200,\"7\"],[233.3"
    "3,\"8\"],[266.67,\"9\"],[300,\"10\"]]},{\"orient\":\"left\",\"title\":\"y, w\",\"ticks\""
    ":[[0,\"1,000\"],[30,\"900\"],[60,\"800\"],[90,\"700\"],[120,\"600\"],[150,\"500\"],[180,"
    "\"400\"],[210,\"300\"],[240,\"200\"],[270,\"100\"],[300,\"0\"]]}]}],\"axes\":[],\"header"
    "s\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "texts-and-formats",
    "{\"data\":{\"values\":[{\"a\":\"A\",\"b\":28,\"c\":1},{\"a\":\"B\",\"b\":55,\"c\":2},{\""
    "a\":\"C\",\"b\":-43,\"c\":3}]},\"mark\":{\"type\":\"text\",\"dx\":5,\"angle\":90,\"align"
    "\":\"left\"},\"encoding\":{\"x\":{\"field\":\"a\",\"type\":\"nominal\"},\"y\":{\"field\""
    ":\"b\",\"type\":\"quantitative\",\"axis\":{\"format\":\"+.1f\"}},\"text\":{\"field\":\"b"
    "\",\"type\":\"quantitative\",\"format\":\".2e\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":60,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"text\",\"count\":3,\"items\":[{\"x\":10,\"y\":92.27,\"text\":\"2.80e"
    "+1\",\"baseline\":\"middle\",\"angle\":90,\"fill\":\"#000000\"},{\"x\":30,\"y\":18.64,\""
    "text\":\"5.50e+1\",\"baseline\":\"middle\",\"angle\":90,\"fill\":\"#000000\"},{\"x\":50,"
    "\"y\":285.91,\"text\":\"−4.30e+1\",\"baseline\":\"middle\",\"angle\":90,\"fill\":\"#0000"
    "00\"}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"a\",\"ticks\":[[10,\"A\"],[30,\"B\""
    "],[50,\"C\"]]},{\"orient\":\"left\",\"title\":\"b\",\"ticks\":[[0,\"+60.0\"],[27.27,\"+5"
    "0.0\"],[54.55,\"+40.0\"],[81.82,\"+30.0\"],[109.09,\"+20.0\"],[136.36,\"+10.0\"],[163.64"
    ",\"+0.0\"],[190.91,\"−10.0\"],[218.18,\"−20.0\"],[245.45,\"−30.0\"],[272.73,\"−40.0\"],["
    "300,\"−50.0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "independent-axes",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"encoding\":{\"x\":{\"f"
    "ield\":\"x\",\"type\":\"quantitative\"}},\"layer\":[{\"mark\":\"point\",\"encoding\":{\""
    "y\":{\"field\":\"y\",\"type\":\"quantitative\"}}},{\"mark\":\"line\",\"encoding\":{\"y\""
    ":{\"field\":\"w\",\"type\":\"quantitative\"}}}],\"resolve\":{\"scale\":{\"y\":\"independ"
    "ent\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":30,\"y\":297,\"size\":30,\"s"
    "hape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7"
    "},{\"x\":90,\"y\":270,\"size\":30,\"shape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a"
    "8\",\"strokeWidth\":2,\"opacity\":0.7},{\"x\":300,\"y\":0,\"size\":30,\"shape\":\"circle"
    "\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}]},{\"type\":\""
    "line\",\"count\":1,\"items\":[{\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"points\":[[30,"
    "266.67],[90,200],[300,0]]}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\""
    ":[[0,\"0\"],[30,\"1\"],[60,\"2\"],[90,\"3\"],[120,\"4\"],[150,\"5\"],[180,\"6\"],[210,\""
    "7\"],[240,\"8\"],[270,\"9\"],[300,\"10\"]]},{\"orient\":\"left\",\"title\":\"y\",\"ticks"
    "\":[[0,\"1,000\"],[30,\"900\"],[60,\"800\"],[90,\"700\"],[120,\"600\"],[150,\"500\"],[18"
    "0,\"400\"],[210,\"300\"],[240,\"200\"],[270,\"100\"],[300,\"0\"]]},{\"orient\":\"right\""
    ",\"title\":\"w\",\"ticks\":[[0,\"900\"],[33.33,\"800\"],[66.67,\"700\"],[100,\"600\"],[1"
    "33.33,\"500\"],[166.67,\"400\"],[200,\"300\"],[233.33,\"200\"],[266.67,\"100\"],[300,\"0"
    "\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "shared-axes",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"encoding\":{\"x\":{\"f"
    "ield\":\"x\",\"type\":\"quantitative\"}},\"layer\":[{\"mark\":\"point\",\"encoding\":{\""
    "y\":{\"field\":\"y\",\"type\":\"quantitative\"}}},{\"mark\":\"rule\",\"encoding\":{\"y\""
    ":{\"datum\":1200},\"color\":{\"value\":\"red\"}}},{\"mark\":\"line\",\"encoding\":{\"y\""
    ":{\"field\":\"w\",\"type\":\"quantitative\"}}}]}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":30,\"y\":297.5,\"size\":30,\""
    "shape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0."
    "7},{\"x\":90,\"y\":275,\"size\":30,\"shape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78"
    "a8\",\"strokeWidth\":2,\"opacity\":0.7},{\"x\":300,\"y\":50,\"size\":30,\"shape\":\"circ"
    "le\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}]},{\"type\""
    ":\"rule\",\"count\":3,\"items\":[{\"x\":30,\"y\":0,\"x2\":30,\"y2\":300,\"stroke\":\"#ff"
    "0000\"},{\"x\":90,\"y\":0,\"x2\":90,\"y2\":300,\"stroke\":\"#ff0000\"},{\"x\":300,\"y\":"
    "0,\"x2\":300,\"y2\":300,\"stroke\":\"#ff0000\"}]},{\"type\":\"line\",\"count\":1,\"items"
    "\":[{\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"points\":[[30,275],[90,225],[300,75]]}]}"
    "],\"axes\":[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\":[[0,\"0\"],[30,\"1\"],[60,\""
    "2\"],[90,\"3\"],[120,\"4\"],[150,\"5\"],[180,\"6\"],[210,\"7\"],[240,\"8\"],[270,\"9\"],"
    "[300,\"10\"]]},{\"orient\":\"left\",\"title\":\"y, w\",\"ticks\":[[0,\"1,200\"],[50,\"1,"
    "000\"],[100,\"800\"],[150,\"600\"],[200,\"400\"],[250,\"200\"],[300,\"0\"]]}]}],\"axes\""
    ":[],\"headers\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "legends-of-one-field",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":\"point\",\"enc"
    "oding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type"
    "\":\"quantitative\"},\"color\":{\"field\":\"g\",\"type\":\"nominal\",\"title\":\"Group\""
    "},\"shape\":{\"field\":\"g\",\"type\":\"nominal\",\"title\":\"Group\"},\"size\":{\"field"
    "\":\"w\",\"type\":\"quantitative\",\"scale\":{\"type\":\"quantize\"}}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":30,\"y\":297,\"size\":4,\"sh"
    "ape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}"
    ",{\"x\":90,\"y\":270,\"size\":123,\"shape\":\"square\",\"fill\":null,\"stroke\":\"#f5851"
    "8\",\"strokeWidth\":2,\"opacity\":0.7},{\"x\":300,\"y\":0,\"size\":361,\"shape\":\"circl"
    "e\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}]}],\"axes\":"
    "[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\":[[0,\"0\"],[30,\"1\"],[60,\"2\"],[90,\""
    "3\"],[120,\"4\"],[150,\"5\"],[180,\"6\"],[210,\"7\"],[240,\"8\"],[270,\"9\"],[300,\"10\""
    "]]},{\"orient\":\"left\",\"title\":\"y\",\"ticks\":[[0,\"1,000\"],[30,\"900\"],[60,\"800"
    "\"],[90,\"700\"],[120,\"600\"],[150,\"500\"],[180,\"400\"],[210,\"300\"],[240,\"200\"],["
    "270,\"100\"],[300,\"0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\""
    ":[{\"title\":\"Group\",\"type\":\"symbol\",\"labels\":[\"u\",\"v\"]},{\"title\":\"w\",\""
    "type\":\"symbol\",\"labels\":[\"< 300\",\"300 – 500\",\"500 – 700\",\"≥ 700\"]}]}" },
  { "binned-colour",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":\"square\",\"en"
    "coding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},\"color\":{\"bin\":true,\"fi"
    "eld\":\"w\",\"type\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":20,\"title\":null,\"m"
    "arks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":30,\"y\":10,\"size\":30,\"sha"
    "pe\":\"square\",\"fill\":\"#afd1e7\",\"stroke\":null,\"opacity\":0.7},{\"x\":90,\"y\":10"
    ",\"size\":30,\"shape\":\"square\",\"fill\":\"#86bcdc\",\"stroke\":null,\"opacity\":0.7},"
    "{\"x\":300,\"y\":10,\"size\":30,\"shape\":\"square\",\"fill\":\"#1b69ad\",\"stroke\":nul"
    "l,\"opacity\":0.7}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\":[[0,\"0"
    "\"],[30,\"1\"],[60,\"2\"],[90,\"3\"],[120,\"4\"],[150,\"5\"],[180,\"6\"],[210,\"7\"],[24"
    "0,\"8\"],[270,\"9\"],[300,\"10\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\""
    "legends\":[{\"title\":\"w (binned)\",\"type\":\"gradient\",\"labels\":[\"200\",\"400\",\""
    "600\",\"800\"]}]}" },
  { "histogram",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":\"bar\",\"encod"
    "ing\":{\"x\":{\"bin\":{\"maxbins\":5},\"field\":\"x\",\"type\":\"quantitative\"},\"y\":{"
    "\"aggregate\":\"count\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":1,\"y\":0,\"width\":59,\"heigh"
    "t\":300,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":61,\"y\":0,\"width\":59,\"height\":"
    "300,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":241,\"y\":0,\"width\":59,\"height\":300"
    ",\"fill\":\"#4c78a8\",\"stroke\":null}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"x"
    " (binned)\",\"ticks\":[[0,\"0.0\"],[60,\"2.0\"],[120,\"4.0\"],[180,\"6.0\"],[240,\"8.0\""
    "],[300,\"10.0\"]]},{\"orient\":\"left\",\"title\":\"Count of Records\",\"ticks\":[[0,\"1"
    ".0\"],[30,\"0.9\"],[60,\"0.8\"],[90,\"0.7\"],[120,\"0.6\"],[150,\"0.5\"],[180,\"0.4\"],["
    "210,\"0.3\"],[240,\"0.2\"],[270,\"0.1\"],[300,\"0.0\"]]}]}],\"axes\":[],\"headers\":[],\""
    "headerTitles\":[],\"legends\":[]}" },
  { "domains-and-sorts",
    "{\"data\":{\"values\":[{\"a\":\"A\",\"b\":28,\"c\":1},{\"a\":\"B\",\"b\":55,\"c\":2},{\""
    "a\":\"C\",\"b\":-43,\"c\":3}]},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"a\",\"t"
    "ype\":\"nominal\",\"sort\":\"-y\"},\"y\":{\"field\":\"b\",\"type\":\"quantitative\",\"sc"
    "ale\":{\"domain\":{\"unionWith\":[100]},\"reverse\":true}},\"color\":{\"field\":\"a\",\""
    "type\":\"nominal\",\"scale\":{\"domain\":[\"C\",\"B\",\"A\"],\"range\":[\"#111111\",\"#2"
    "22222\",\"#333333\"]}}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":60,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":21,\"y\":112.5,\"width\":18,\"h"
    "eight\":52.5,\"fill\":\"#333333\",\"stroke\":null},{\"x\":1,\"y\":112.5,\"width\":18,\"h"
    "eight\":103.13,\"fill\":\"#222222\",\"stroke\":null},{\"x\":41,\"y\":31.88,\"width\":18,"
    "\"height\":80.63,\"fill\":\"#111111\",\"stroke\":null}]}],\"axes\":[{\"orient\":\"bottom"
    "\",\"title\":\"a\",\"ticks\":[[10,\"B\"],[30,\"A\"],[50,\"C\"]]},{\"orient\":\"left\",\""
    "title\":\"b\",\"ticks\":[[0,\"−60\"],[37.5,\"−40\"],[75,\"−20\"],[112.5,\"0\"],[150,\"20"
    "\"],[187.5,\"40\"],[225,\"60\"],[262.5,\"80\"],[300,\"100\"]]}]}],\"axes\":[],\"headers\""
    ":[],\"headerTitles\":[],\"legends\":[{\"title\":\"a\",\"type\":\"symbol\",\"labels\":[\""
    "C\",\"B\",\"A\"]}]}" },
  { "config-cascade",
    "{\"config\":{\"mark\":{\"color\":\"#00ff00\"},\"bar\":{\"fillOpacity\":0.5},\"style\":{\""
    "strong\":{\"stroke\":\"black\",\"strokeWidth\":2}},\"axisX\":{\"labelAngle\":0},\"axisQu"
    "antitative\":{\"tickCount\":3},\"view\":{\"step\":30}},\"data\":{\"values\":[{\"a\":\"A\""
    ",\"b\":28,\"c\":1},{\"a\":\"B\",\"b\":55,\"c\":2},{\"a\":\"C\",\"b\":-43,\"c\":3}]},\"ma"
    "rk\":{\"type\":\"bar\",\"style\":\"strong\"},\"encoding\":{\"x\":{\"field\":\"a\",\"type"
    "\":\"nominal\"},\"y\":{\"field\":\"b\",\"type\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":90,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":1.5,\"y\":87.27,\"width\":27,\""
    "height\":76.36,\"fill\":\"#00ff00\",\"fillOpacity\":0.5,\"stroke\":\"#000000\",\"strokeW"
    "idth\":2},{\"x\":31.5,\"y\":13.64,\"width\":27,\"height\":150,\"fill\":\"#00ff00\",\"fil"
    "lOpacity\":0.5,\"stroke\":\"#000000\",\"strokeWidth\":2},{\"x\":61.5,\"y\":163.64,\"widt"
    "h\":27,\"height\":117.27,\"fill\":\"#00ff00\",\"fillOpacity\":0.5,\"stroke\":\"#000000\""
    ",\"strokeWidth\":2}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\"a\",\"ticks\":[[15,\""
    "A\"],[45,\"B\"],[75,\"C\"]]},{\"orient\":\"left\",\"title\":\"b\",\"ticks\":[[27.27,\"50"
    "\"],[163.64,\"0\"],[300,\"−50\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"l"
    "egends\":[]}" },
  { "fit",
    "{\"width\":200,\"height\":150,\"autosize\":{\"type\":\"fit\",\"contains\":\"padding\"},\""
    "title\":\"Fitted\",\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\""
    ":3,\"y\":100,\"g\":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark"
    "\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},\"y\":{\"fi"
    "eld\":\"y\",\"type\":\"quantitative\"},\"color\":{\"field\":\"g\",\"type\":\"nominal\"}}"
    "}",
    "{\"version\":1,\"title\":\"Fitted\",\"views\":[{\"width\":86,\"height\":84,\"title\":nul"
    "l,\"marks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":8.6,\"y\":83.16,\"size\""
    ":30,\"shape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacit"
    "y\":0.7},{\"x\":25.8,\"y\":75.6,\"size\":30,\"shape\":\"circle\",\"fill\":null,\"stroke\""
    ":\"#f58518\",\"strokeWidth\":2,\"opacity\":0.7},{\"x\":86,\"y\":0,\"size\":30,\"shape\":"
    "\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}]}],\""
    "axes\":[{\"orient\":\"bottom\",\"title\":\"x\",\"ticks\":[[0,\"0\"],[43,\"5\"],[86,\"10\""
    "]]},{\"orient\":\"left\",\"title\":\"y\",\"ticks\":[[0,\"1,000\"],[42,\"500\"],[84,\"0\""
    "]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[{\"title\":\"g\",\"ty"
    "pe\":\"symbol\",\"labels\":[\"u\",\"v\"]}]}" },
  { "label-overlap",
    "{\"width\":90,\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\""
    "y\":100,\"g\":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":\""
    "point\",\"encoding\":{\"x\":{\"field\":\"w\",\"type\":\"quantitative\",\"axis\":{\"tickC"
    "ount\":12,\"labelExpr\":\"datum.label + ' px'\"}},\"y\":{\"field\":\"y\",\"type\":\"quan"
    "titative\",\"axis\":{\"values\":[0,400,5000]}}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":90,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"symbol\",\"count\":3,\"items\":[{\"x\":10,\"y\":297,\"size\":30,\"sh"
    "ape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}"
    ",{\"x\":30,\"y\":270,\"size\":30,\"shape\":\"circle\",\"fill\":null,\"stroke\":\"#4c78a8"
    "\",\"strokeWidth\":2,\"opacity\":0.7},{\"x\":90,\"y\":0,\"size\":30,\"shape\":\"circle\""
    ",\"fill\":null,\"stroke\":\"#4c78a8\",\"strokeWidth\":2,\"opacity\":0.7}]}],\"axes\":[{\""
    "orient\":\"bottom\",\"title\":\"w\",\"ticks\":[[0,\"0 px\"],[90,\"900 px\"]]},{\"orient\""
    ":\"left\",\"title\":\"y\",\"ticks\":[[180,\"400\"],[300,\"0\"]]}]}],\"axes\":[],\"header"
    "s\":[],\"headerTitles\":[],\"legends\":[]}" },
  { "null-and-bool-categories",
    "{\"data\":{\"values\":[{\"k\":true,\"v\":1},{\"k\":null,\"v\":2},{\"k\":false,\"v\":3}]}"
    ",\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"k\",\"type\":\"nominal\"},\"y\":{\"fi"
    "eld\":\"v\",\"type\":\"quantitative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":60,\"height\":300,\"title\":null,\"m"
    "arks\":[{\"type\":\"rect\",\"count\":3,\"items\":[{\"x\":41,\"y\":200,\"width\":18,\"hei"
    "ght\":100,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":1,\"y\":100,\"width\":18,\"height"
    "\":200,\"fill\":\"#4c78a8\",\"stroke\":null},{\"x\":21,\"y\":0,\"width\":18,\"height\":3"
    "00,\"fill\":\"#4c78a8\",\"stroke\":null}]}],\"axes\":[{\"orient\":\"bottom\",\"title\":\""
    "k\",\"ticks\":[[10,\"null\"],[30,\"false\"],[50,\"true\"]]},{\"orient\":\"left\",\"title"
    "\":\"v\",\"ticks\":[[0,\"3.0\"],[50,\"2.5\"],[100,\"2.0\"],[150,\"1.5\"],[200,\"1.0\"],["
    "250,\"0.5\"],[300,\"0.0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends"
    "\":[]}" },
  { "gradients",
    "{\"data\":{\"values\":[{\"x\":1,\"y\":10,\"g\":\"u\",\"w\":100},{\"x\":3,\"y\":100,\"g\""
    ":\"v\",\"w\":300},{\"x\":10,\"y\":1000,\"g\":\"u\",\"w\":900}]},\"mark\":{\"type\":\"are"
    "a\",\"color\":{\"gradient\":\"linear\",\"x1\":0,\"y1\":0,\"x2\":0,\"y2\":1,\"stops\":[{\""
    "offset\":0,\"color\":\"white\"},{\"offset\":1,\"color\":\"#ff0000\"}]}},\"encoding\":{\""
    "x\":{\"field\":\"x\",\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quanti"
    "tative\"}}}",
    "{\"version\":1,\"title\":null,\"views\":[{\"width\":300,\"height\":300,\"title\":null,\""
    "marks\":[{\"type\":\"area\",\"count\":1,\"items\":[{\"orient\":\"vertical\",\"fill\":{\""
    "gradient\":\"linear\",\"stops\":[[0,\"#ffffff\"],[1,\"#ff0000\"]]},\"stroke\":null,\"poi"
    "nts\":[[0,297,300],[66.67,270,300],[300,0,300]]}]}],\"axes\":[{\"orient\":\"bottom\",\"t"
    "itle\":\"x\",\"ticks\":[[0,\"1\"],[33.33,\"2\"],[66.67,\"3\"],[100,\"4\"],[133.33,\"5\"]"
    ",[166.67,\"6\"],[200,\"7\"],[233.33,\"8\"],[266.67,\"9\"],[300,\"10\"]]},{\"orient\":\"l"
    "eft\",\"title\":\"y\",\"ticks\":[[0,\"1,000\"],[30,\"900\"],[60,\"800\"],[90,\"700\"],[1"
    "20,\"600\"],[150,\"500\"],[180,\"400\"],[210,\"300\"],[240,\"200\"],[270,\"100\"],[300,\""
    "0\"]]}]}],\"axes\":[],\"headers\":[],\"headerTitles\":[],\"legends\":[]}" },
};
