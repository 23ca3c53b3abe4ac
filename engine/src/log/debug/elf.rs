//! A file with debug information: its functions by name, and what is at an address. A module is
//! not linked yet: its sections are laid out here, each far from the others.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use addr2line::Context;
use gimli::{EndianArcSlice, RunTimeEndian, SectionId};
use object::{
    CompressionFormat, Object, ObjectKind, ObjectSection, ObjectSymbol, RelocationKind,
    RelocationTarget, SectionFlags, SectionIndex, SymbolKind,
};

use super::packed::Packing;
use super::{DebugError, Exact};

type Reader = EndianArcSlice<RunTimeEndian>;

/// The most bytes of a file that a linker made.
const LARGEST: u64 = 4 << 30;

/// What stands between a function's end and the next, which a trace counts as the function's.
const PADDING: u64 = 256;

/// A section that is loaded when the kernel runs (`SHF_ALLOC`).
const LOADED: u64 = 2;

/// A kernel or module.
pub(super) struct Elf {
    functions: HashMap<Vec<u8>, Vec<Range<u64>>>,
    context: Context<Reader>,
    /// Its build id, in hexadecimal.
    pub(super) build_id: Option<Vec<u8>>,
}

impl Elf {
    /// Reads the file at `path`.
    pub(super) fn open(path: &Path) -> Result<Elf, DebugError> {
        let error = |why: String| DebugError { path: path.to_owned(), why };
        let bytes = read(path).map_err(error)?;
        Elf::of(&bytes).map_err(error)
    }

    fn of(bytes: &Arc<[u8]>) -> Result<Elf, String> {
        let file = object::File::parse(&bytes[..]).map_err(|why| why.to_string())?;
        if file.section_by_name(".debug_info").is_none() {
            return Err("it has no debug information (.debug_info)".to_owned());
        }
        let layout = Layout { file: &file };
        let endian =
            if file.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
        let dwarf = gimli::Dwarf::load(|id: SectionId| section(bytes, &layout, id, endian))?;
        let context = Context::from_dwarf(dwarf).map_err(|why| why.to_string())?;
        let id = file.build_id().ok().flatten();
        let hex = |id: &[u8]| {
            let digits = id.iter().map(|byte| format!("{byte:02x}"));
            digits.collect::<String>().into_bytes()
        };
        Ok(Elf { functions: functions(&layout), context, build_id: id.map(hex) })
    }

    /// The address of a place in a function: `size` as a trace has it chooses among functions
    /// of one name, and must fit.
    pub(super) fn address(&self, symbol: &[u8], offset: u64, size: u64) -> Option<u64> {
        let fits = |range: &&Range<u64>| {
            let own = range.end - range.start;
            own == 0 || size == 0 || own <= size && size - own < PADDING
        };
        let mut fitting = self.functions.get(symbol)?.iter().filter(fits);
        let first = fitting.next()?;
        // Two that fit alike are no certain place.
        let is_one = fitting.all(|other| other.start == first.start);
        is_one.then(|| first.start.wrapping_add(offset))
    }

    /// What is at an address, from outside to inside.
    pub(super) fn frames(&self, address: u64) -> Vec<Exact> {
        // addr2line adds one to it: an overflow. Nothing is there.
        if address == u64::MAX {
            return Vec::new();
        }
        let Ok(mut frames) = self.context.find_frames(address).skip_all_loads() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            let Some(location) = frame.location else { continue };
            let (Some(path), Some(line)) = (location.file, location.line) else { continue };
            let name = frame.function.as_ref().and_then(|name| name.raw_name().ok());
            found.push(Exact {
                path: path.as_bytes().to_vec(),
                line,
                function: name.map(|name| name.as_bytes().to_vec()).unwrap_or_default(),
            });
        }
        found.reverse();
        found
    }
}

/// The bytes of a file, uncompressed if it is.
fn read(path: &Path) -> Result<Arc<[u8]>, String> {
    let mut file = File::open(path).map_err(|why| why.to_string())?;
    let facts = file.metadata().map_err(|why| why.to_string())?;
    if !facts.is_file() || facts.len() > LARGEST {
        return Err("it is no file of a kernel".to_owned());
    }
    if let Some(packing) = Packing::of(path) {
        return Ok(packing.unpacked(file, LARGEST).map_err(|why| why.to_string())?.into());
    }
    // Read in place: a kernel with debug information has hundreds of megabytes.
    let length = usize::try_from(facts.len()).unwrap_or(0);
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0u8, length).collect();
    let room = Arc::get_mut(&mut bytes).ok_or("it can't be read")?;
    file.read_exact(room).map_err(|why| why.to_string())?;
    Ok(bytes)
}

/// Where sections lie: as linked, or apart from each other in a file that is not linked.
struct Layout<'l, 'd> {
    file: &'l object::File<'d>,
}

impl Layout<'_, '_> {
    fn is_unlinked(&self) -> bool {
        self.file.kind() == ObjectKind::Relocatable
    }

    /// What is to be added to addresses in a section.
    fn base(&self, index: Option<SectionIndex>) -> u64 {
        let Some(index) = index.filter(|_| self.is_unlinked()) else { return 0 };
        let section = self.file.section_by_index(index);
        let is_loaded = section.is_ok_and(|section| match section.flags() {
            SectionFlags::Elf { sh_flags, .. } => sh_flags.0 & LOADED != 0,
            _ => false,
        });
        let shift = if self.file.is_64() { 32 } else { 24 };
        if is_loaded { (index.0 as u64 + 1) << shift } else { 0 }
    }
}

/// The functions by name.
fn functions(layout: &Layout<'_, '_>) -> HashMap<Vec<u8>, Vec<Range<u64>>> {
    let mut functions: HashMap<Vec<u8>, Vec<Range<u64>>> = HashMap::new();
    for symbol in layout.file.symbols() {
        let is_code = matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Unknown);
        let Ok(name) = symbol.name_bytes() else { continue };
        if !is_code || name.is_empty() || symbol.is_undefined() {
            continue;
        }
        let start = symbol.address().wrapping_add(layout.base(symbol.section_index()));
        let range = start..start.saturating_add(symbol.size());
        functions.entry(name.to_vec()).or_default().push(range);
    }
    functions
}

/// A section of debug information; an empty one where there is none.
fn section(
    bytes: &Arc<[u8]>,
    layout: &Layout<'_, '_>,
    id: SectionId,
    endian: RunTimeEndian,
) -> Result<Reader, String> {
    let none = || Reader::new(Arc::from([]), endian);
    let Some(section) = layout.file.section_by_name(id.name()) else { return Ok(none()) };
    let range = section.compressed_file_range().map_err(|why| why.to_string())?;
    let end = range.offset.saturating_add(range.compressed_size);
    let place = usize::try_from(range.offset).unwrap_or(usize::MAX)
        ..usize::try_from(end).unwrap_or(usize::MAX);
    let part = bytes.get(place.clone()).ok_or("a section is outside of the file")?;
    let mut own = match range.format {
        CompressionFormat::None if !layout.is_unlinked() => {
            let mut whole = Reader::new(Arc::clone(bytes), endian);
            whole = whole.range(place);
            return Ok(whole);
        }
        CompressionFormat::None => part.to_vec(),
        CompressionFormat::Zlib => {
            let mut own = Vec::new();
            let inflated = flate2::read::ZlibDecoder::new(part).take(LARGEST);
            std::io::BufReader::new(inflated)
                .read_to_end(&mut own)
                .map_err(|why| format!("{}: {why}", id.name()))?;
            own
        }
        CompressionFormat::Zstandard => {
            Packing::Zstd.unpacked(part, LARGEST).map_err(|why| format!("{}: {why}", id.name()))?
        }
        _ => return Err(format!("{} is compressed in a way that isn't known", id.name())),
    };
    if layout.is_unlinked() {
        relocate(&mut own, &section, layout, endian);
    }
    Ok(Reader::new(own.into(), endian))
}

/// Puts in what a linker would.
fn relocate<'d>(
    bytes: &mut [u8],
    section: &impl ObjectSection<'d>,
    layout: &Layout<'_, '_>,
    endian: RunTimeEndian,
) {
    for (offset, relocation) in section.relocations() {
        if relocation.kind() != RelocationKind::Absolute {
            continue;
        }
        let target = match relocation.target() {
            RelocationTarget::Symbol(index) => {
                let Ok(symbol) = layout.file.symbol_by_index(index) else { continue };
                symbol.address().wrapping_add(layout.base(symbol.section_index()))
            }
            RelocationTarget::Section(index) => layout.base(Some(index)),
            _ => continue,
        };
        let Ok(start) = usize::try_from(offset) else { continue };
        let width = usize::from(relocation.size() / 8);
        let Some(place) = bytes.get_mut(start..start.saturating_add(width)) else { continue };
        put(place, target.wrapping_add(relocation.addend() as u64), &relocation, endian);
    }
}

fn put(place: &mut [u8], value: u64, relocation: &object::Relocation, endian: RunTimeEndian) {
    let is_little = endian == RunTimeEndian::Little;
    match place {
        [_, _, _, _] => {
            let known = <[u8; 4]>::try_from(&*place).unwrap_or_default();
            let known =
                if is_little { u32::from_le_bytes(known) } else { u32::from_be_bytes(known) };
            let before = if relocation.has_implicit_addend() { known } else { 0 };
            let value = (value as u32).wrapping_add(before);
            let bytes = if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
            place.copy_from_slice(&bytes);
        }
        [_, _, _, _, _, _, _, _] => {
            let known = <[u8; 8]>::try_from(&*place).unwrap_or_default();
            let known =
                if is_little { u64::from_le_bytes(known) } else { u64::from_be_bytes(known) };
            let before = if relocation.has_implicit_addend() { known } else { 0 };
            let value = value.wrapping_add(before);
            let bytes = if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
            place.copy_from_slice(&bytes);
        }
        _ => {}
    }
}
