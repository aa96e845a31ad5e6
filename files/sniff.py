"""What a file is, by its content. What a client claims only chooses between kinds that the bytes cannot tell apart."""

import re
import zipfile
from io import BytesIO

import filetype

from .text_kinds import decode_head, text_kind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALLOWED_TYPES = (
    "image/png", "image/jpeg", "image/gif", "image/webp",
    "application/pdf", DOCX, PPTX, XLSX, "text/csv", "application/json", "text/markdown", "text/plain", "text/html",
    "audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4", "audio/webm", "video/webm", "video/mp4",
)  # fmt: skip
UNKNOWN = "application/octet-stream"
HEAD_BYTES = 65_536  # enough for every kind; office files with large pictures in front want more, so give all there is

EXECUTABLES = {  # first bytes → type
    b"MZ": "application/x-msdownload",
    b"\x7fELF": "application/x-executable",
    b"\xfe\xed\xfa\xce": "application/x-mach-binary",
    b"\xfe\xed\xfa\xcf": "application/x-mach-binary",
    b"\xce\xfa\xed\xfe": "application/x-mach-binary",
    b"\xcf\xfa\xed\xfe": "application/x-mach-binary",
    b"\xca\xfe\xba\xbe": "application/x-mach-binary",  # and Java classes
    b"\0asm": "application/wasm",
    b"dex\n": "application/x-dex",
    b"L\0\0\0\x01\x14\x02\0": "application/x-ms-shortcut",
    b"#!": "text/x-shellscript",
}
WRITTEN = {b"%PDF-": "application/pdf", b"{\\rtf": "application/rtf", b"%!PS": "application/postscript"}  # binary kinds that may look like text
OFFICE = {"word/": DOCX, "ppt/": PPTX, "xl/": XLSX}
SAME = {"image/apng": "image/png", "audio/x-wav": "audio/wav", "video/x-m4v": "video/mp4"}  # names of filetype → ours
MP4_BRANDS = {b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"avc1", b"dash", b"M4V ", b"mp71", b"MSNV"}  # filetype knows isom and mp4x
LOCAL_ENTRY = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)


def sniff(data_head: bytes, filename: str, claimed: str) -> str:
    """The media type of the file that begins with `data_head` (all of it, or at least `HEAD_BYTES`).

    Never what was claimed when the content says otherwise; `application/octet-stream` for what nobody knows.
    The extension of `filename`, then `claimed`, only tell kinds of plain text apart, and audio from video in one container.
    """
    extension = filename.rpartition(".")[2].strip().lower() if "." in filename else ""
    claimed = claimed.partition(";")[0].strip().lower()
    head = data_head[:HEAD_BYTES]
    text = decode_head(head)
    for signature, media_type in EXECUTABLES.items():
        # "MZ" may begin a note; a text that begins with "#!" is a script all the same.
        if data_head.startswith(signature) and (text is None or signature == b"#!"):
            return media_type
    for signature, media_type in WRITTEN.items():
        if data_head.startswith(signature):
            return media_type
    if kind := text_kind(head, extension, claimed):
        return kind
    return _binary(data_head, claimed)


def _binary(data: bytes, claimed: str) -> str:
    if data.startswith(b"PK\x03\x04"):
        return _zip(data)
    found = filetype.guess_mime(data) or ""
    if not found and data[4:8] == b"ftyp" and data[8:12] in MP4_BRANDS:
        found = "video/mp4"
    if not found and b"%PDF-" in data[:1024]:  # readers accept a prefix
        return "application/pdf"
    return _with_sound_only(SAME.get(found, found), data, claimed) or UNKNOWN


def _zip(data: bytes) -> str:
    """Office files by their entries; from the central directory when all is there, else from the local entries in the head."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        names = []
        for entry in LOCAL_ENTRY.finditer(data):
            name = data[entry.end() : entry.end() + int.from_bytes(entry[1], "little")]
            names.append(name.decode("utf-8", "replace"))
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return "application/java-archive"
    for folder, media_type in OFFICE.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            macros = any(name.lower().endswith("vbaproject.bin") for name in names)
            return "application/vnd.ms-office.macroenabled" if macros else media_type
    found = filetype.guess_mime(data) or ""
    return found if found.startswith("application/") and found not in OFFICE.values() else "application/zip"


def _with_sound_only(found: str, data: bytes, claimed: str) -> str:
    """Voice recordings come in the containers of films: what names no picture track and claims to be audio is audio."""
    if found == "video/webm" and re.search(rb"A_OPUS|A_VORBIS", data) and not re.search(rb"V_VP|V_AV1|V_MPEG", data):
        return "audio/webm"
    if found == "video/mp4" and claimed.startswith("audio/") and b"vide" not in data:
        return "audio/mp4"
    if found in {"audio/ogg", "video/ogg", "application/ogg"}:
        return "video/ogg" if b"\x80theora" in data[:4096] else "audio/ogg"
    return found
