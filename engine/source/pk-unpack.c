#include "pk-unpack.h"
#include "pk-error.h"

#include <string.h>
#include <zstd.h>

PkPacking
pk_packing_of(const void *head, gsize length)
{
  if (length >= 2 && memcmp(head, "\x1f\x8b", 2) == 0)
    return PK_PACKED_GZIP;
  return length >= 4 && memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 ? PK_PACKED_ZSTD : PK_PACKED_NOT;
}

const char *
pk_packing_name(PkPacking packing)
{
  static const char *const names[] = { "uncompressed", "gzip", "zstd" };
  return names[packing];
}

/* --- gzip ------------------------------------------------------------------ */

/* A GZlibDecompressor alone takes the end of the first member for the end: this one goes on. */
typedef struct {
  GObject parent;
  GZlibDecompressor *inner;
  gboolean in_member;
} PkGunzip;

typedef struct {
  GObjectClass parent;
} PkGunzipClass;

static void pk_gunzip_converter_init(GConverterIface *iface);
GType pk_gunzip_get_type(void);

G_DEFINE_TYPE_WITH_CODE(PkGunzip, pk_gunzip, G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_CONVERTER, pk_gunzip_converter_init))

static GConverterResult
pk_gunzip_convert(GConverter *converter, const void *in, gsize in_size, void *out, gsize out_size,
                  GConverterFlags flags, gsize *read, gsize *written, GError **error)
{
  PkGunzip *self = (PkGunzip *)converter;

  *read = *written = 0;
  if (in_size == 0 && (flags & G_CONVERTER_INPUT_AT_END) != 0 && !self->in_member)
    return G_CONVERTER_FINISHED;
  /* The flag is kept back: more members may follow the end of this one. */
  GConverterResult result =
    g_converter_convert(G_CONVERTER(self->inner), in, in_size, out, out_size,
                        flags & ~(GConverterFlags)G_CONVERTER_INPUT_AT_END, read, written, error);
  if (result == G_CONVERTER_ERROR)
    return result;
  self->in_member = TRUE;
  if (result != G_CONVERTER_FINISHED)
    return result;
  self->in_member = FALSE;
  g_converter_reset(G_CONVERTER(self->inner));
  return *read == in_size && (flags & G_CONVERTER_INPUT_AT_END) != 0 ? G_CONVERTER_FINISHED
                                                                     : G_CONVERTER_CONVERTED;
}

static void
pk_gunzip_reset(GConverter *converter)
{
  g_converter_reset(G_CONVERTER(((PkGunzip *)converter)->inner));
}

static void
pk_gunzip_converter_init(GConverterIface *iface)
{
  iface->convert = pk_gunzip_convert;
  iface->reset = pk_gunzip_reset;
}

static void
pk_gunzip_finalize(GObject *object)
{
  g_object_unref(((PkGunzip *)object)->inner);
  G_OBJECT_CLASS(pk_gunzip_parent_class)->finalize(object);
}

static void
pk_gunzip_class_init(PkGunzipClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = pk_gunzip_finalize;
}

static void
pk_gunzip_init(PkGunzip *self)
{
  self->inner = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
}

/* --- Zstandard -------------------------------------------------------------- */

typedef struct {
  GObject parent;
  ZSTD_DStream *inner;
  gboolean in_frame;
} PkUnzstd;

typedef struct {
  GObjectClass parent;
} PkUnzstdClass;

static void pk_unzstd_converter_init(GConverterIface *iface);
GType pk_unzstd_get_type(void);

G_DEFINE_TYPE_WITH_CODE(PkUnzstd, pk_unzstd, G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_CONVERTER, pk_unzstd_converter_init))

static GConverterResult
pk_unzstd_convert(GConverter *converter, const void *in, gsize in_size, void *out, gsize out_size,
                  GConverterFlags flags, gsize *read, gsize *written, GError **error)
{
  PkUnzstd *self = (PkUnzstd *)converter;
  ZSTD_inBuffer input = { in, in_size, 0 };
  ZSTD_outBuffer output = { out, out_size, 0 };
  gboolean last = (flags & G_CONVERTER_INPUT_AT_END) != 0;

  *read = *written = 0;
  if (in_size == 0 && last && !self->in_frame)
    return G_CONVERTER_FINISHED;
  size_t left = ZSTD_decompressStream(self->inner, &output, &input);
  if (ZSTD_isError(left)) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, ZSTD_getErrorName(left));
    return G_CONVERTER_ERROR;
  }
  *read = input.pos;
  *written = output.pos;
  self->in_frame = left != 0; /* 0: a frame has ended and all of it was given out */
  if (input.pos == 0 && output.pos == 0 && in_size == 0) {
    g_set_error_literal(error, G_IO_ERROR, last ? G_IO_ERROR_INVALID_DATA : G_IO_ERROR_PARTIAL_INPUT,
                        "it ends within a frame");
    return G_CONVERTER_ERROR;
  }
  return last && input.pos == in_size && !self->in_frame ? G_CONVERTER_FINISHED : G_CONVERTER_CONVERTED;
}

static void
pk_unzstd_reset(GConverter *converter)
{
  PkUnzstd *self = (PkUnzstd *)converter;

  ZSTD_initDStream(self->inner);
  self->in_frame = FALSE;
}

static void
pk_unzstd_converter_init(GConverterIface *iface)
{
  iface->convert = pk_unzstd_convert;
  iface->reset = pk_unzstd_reset;
}

static void
pk_unzstd_finalize(GObject *object)
{
  ZSTD_freeDStream(((PkUnzstd *)object)->inner);
  G_OBJECT_CLASS(pk_unzstd_parent_class)->finalize(object);
}

static void
pk_unzstd_class_init(PkUnzstdClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = pk_unzstd_finalize;
}

static void
pk_unzstd_init(PkUnzstd *self)
{
  self->inner = ZSTD_createDStream();
  if (self->inner == NULL)
    g_error("no memory for a Zstandard stream");
  ZSTD_initDStream(self->inner);
}

/* --- opening --------------------------------------------------------------- */

GInputStream *
pk_unpack_stream(GInputStream *stream, PkPacking packing)
{
  if (packing == PK_PACKED_NOT)
    return g_object_ref(stream);
  g_autoptr(GConverter) converter =
    g_object_new(packing == PK_PACKED_GZIP ? pk_gunzip_get_type() : pk_unzstd_get_type(), NULL);
  return g_converter_input_stream_new(stream, converter);
}

GInputStream *
pk_unpack_open(const char *path, const char *shown, PkPacking *packing, GError **error)
{
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autoptr(GError) failure = NULL;
  g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, &failure);
  guchar head[4] = { 0 };
  gsize n = 0;

  if (stream == NULL || !g_input_stream_read_all(G_INPUT_STREAM(stream), head, sizeof head, &n, NULL, &failure) ||
      !g_seekable_seek(G_SEEKABLE(stream), 0, G_SEEK_SET, NULL, &failure)) {
    pk_fail(error, PK_ERROR_IO, "cannot read %s: %s", shown, failure->message);
    return NULL;
  }
  PkPacking found = pk_packing_of(head, n);
  if (packing != NULL)
    *packing = found;
  return pk_unpack_stream(G_INPUT_STREAM(stream), found);
}
