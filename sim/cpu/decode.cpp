// SPDX-License-Identifier: MIT
// The decoder: prefixes, opcode, the row of the table that fits, operands.
//
// Reading past the bytes given (or past 15) is not tested at every step: `next` notes it and hands
// out zeroes, and the note is looked at where a decision could depend on what was missing.
#include "cpu/decode.hpp"

#include "cpu/operand_form.hpp"
#include "cpu/segments.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rsp = 4;
constexpr std::uint8_t rbp = 5;

struct Prefixes {
    bool lock = false;
    bool operand_size = false;
    bool address_size = false;
    std::uint8_t repeat = 0;  ///< F2 or F3, the last one
    std::uint8_t segment = word::zero;
    std::uint8_t rex = 0;

    bool rex_w() const { return (rex & 8) != 0; }
    std::uint8_t rex_r() const { return (rex & 4) << 1; }
    std::uint8_t rex_x() const { return (rex & 2) << 2; }
    std::uint8_t rex_b() const { return static_cast<std::uint8_t>((rex & 1) << 3); }

    /// False when `byte` is no legacy prefix. A REX before one is ignored.
    bool take_legacy(std::uint8_t byte) {
        switch (byte) {
            case 0x66:
                operand_size = true;
                break;
            case 0x67:
                address_size = true;
                break;
            case 0xf0:
                lock = true;
                break;
            case 0xf2:
            case 0xf3:
                repeat = byte;
                break;
            case 0x64:
                segment = word::fs_base;
                break;
            case 0x65:
                segment = word::gs_base;
                break;
            case 0x26:
            case 0x2e:
            case 0x36:
            case 0x3e:
                break;  // these segments have base 0 and no limit
            default:
                return false;
        }
        rex = 0;
        return true;
    }

    bool matches(Prefix wanted) const {
        switch (wanted) {
            case Prefix::any:
                return true;
            case Prefix::none:
                return repeat == 0 && !operand_size;
            case Prefix::no_repeat:
                return repeat == 0;
            case Prefix::x66:
                return repeat == 0 && operand_size;
            case Prefix::xF2:
                return repeat == 0xf2;
            case Prefix::xF3:
                return repeat == 0xf3;
        }
        return false;
    }
};

class Decoder {
public:
    Decoder(const std::uint8_t* bytes, std::size_t size)
        : bytes_(bytes),
          size_(size < longest_instruction ? size : longest_instruction) {}

    Decoded run() {
        read_prefixes();
        read_opcode();
        if (overrun_) return give_up();
        if (vex_ != Vex::none) {
            const Decoded unfit = check_vex();
            if (unfit.decodability != Decodability::implemented) return unfit;
        }
        row_ = find_row();
        if (overrun_) return give_up();
        if (row_ == nullptr && vex_ != Vex::none) return avx();
        if (row_ == nullptr) return bad_opcode(Decodability::undefined, nullptr);
        if (row_->form == Form::undefined) return bad_opcode(Decodability::undefined, nullptr);
        if (row_->form == Form::unimplemented) {
            return bad_opcode(Decodability::unimplemented, row_->name);
        }
        return read_operands();
    }

private:
    std::uint8_t next() {
        if (position_ < size_) return bytes_[position_++];
        overrun_ = true;
        return 0;
    }
    std::uint8_t peek() {
        if (position_ < size_) return bytes_[position_];
        overrun_ = true;
        return 0;
    }
    std::uint64_t next_unsigned(unsigned bytes) {
        std::uint64_t value = 0;
        for (unsigned n = 0; n < bytes; ++n) value |= std::uint64_t{next()} << (8 * n);
        return value;
    }
    std::uint64_t next_signed(unsigned bytes) {
        const unsigned unused = 64 - 8 * bytes;
        const auto high = static_cast<std::int64_t>(next_unsigned(bytes) << unused);
        return static_cast<std::uint64_t>(high >> unused);
    }

    void read_prefixes() {
        while (!overrun_) {
            opcode_ = next();
            if ((opcode_ & 0xf0) == 0x40) {
                prefixes_.rex = opcode_;
            } else if (!prefixes_.take_legacy(opcode_)) {
                return;
            }
        }
    }

    void read_opcode() {
        if (opcode_ == 0xc4 || opcode_ == 0xc5) return read_vex();
        if (opcode_ != 0x0f) return;
        map_ = Map::two_byte;
        opcode_ = next();
        if (opcode_ == 0x38) {
            map_ = Map::three_byte_38;
            opcode_ = next();
        } else if (opcode_ == 0x3a) {
            map_ = Map::three_byte_3a;
            opcode_ = next();
        }
    }

    bool fits(const Row& row) {
        if (!prefixes_.matches(row.prefix)) return false;
        const std::uint16_t a = row.attributes;
        if ((a & attribute::rex_w) != 0 && !prefixes_.rex_w()) return false;
        if ((a & attribute::without_rex_b) != 0 && prefixes_.rex_b() != 0) return false;
        if ((a & attribute::without_rex_r) != 0 && prefixes_.rex_r() != 0) return false;
        if (row.modrm >= 0 && peek() != row.modrm) return false;
        if (row.digit >= 0 && row.form != Form::seg && ((peek() >> 3) & 7) != row.digit)
            return false;
        if ((a & attribute::register_only) != 0 && peek() < 0xc0) return false;
        if ((a & attribute::memory_only) != 0 && peek() >= 0xc0) return false;
        return true;
    }

    const Row* find_row() {
        for (const Row& row : rows_for(map_, opcode_)) {
            if (fits(row)) return &row;
        }
        return nullptr;
    }

    /// The operand size as an index: 0..3 for 8, 16, 32, 64 bits.
    unsigned operand_size(const FormInfo& form) const {
        const std::uint16_t a = row_->attributes;
        if (form.byte_size) return 0;
        if (form.has_vector()) return prefixes_.rex_w() ? 3 : 2;
        if (prefixes_.rex_w() || (a & attribute::force64) != 0) return 3;
        if ((a & attribute::no_66) != 0) return 2;
        if (prefixes_.operand_size) return 1;
        return (a & attribute::default64) != 0 ? 3 : 2;
    }

    /// Without REX the byte registers 4 to 7 are AH, CH, DH and BH.
    std::uint8_t register_number(std::uint8_t number, bool byte) const {
        if (byte && prefixes_.rex == 0 && number >= 4) {
            return static_cast<std::uint8_t>((number - 4) | high_byte);
        }
        return number;
    }

    /// There are eight MMX registers only: REX does not reach them.
    static std::uint8_t in_bank(Bank bank, std::uint8_t number) {
        return bank == Bank::mmx ? number & 7 : number;
    }

    Decoded read_operands() {
        const FormInfo& form = form_info(row_->form);
        const unsigned size = operand_size(form);
        out_.segment = prefixes_.segment;
        if (prefixes_.address_size) out_.flags |= instruction_flag::address32;
        if ((row_->attributes & attribute::ends) != 0) out_.flags |= instruction_flag::ends_run;
        if ((row_->attributes & attribute::repeats) != 0 && prefixes_.repeat != 0) {
            out_.flags |=
                prefixes_.repeat == 0xf3 ? instruction_flag::repeat : instruction_flag::repeat_not;
        }

        bool memory = false;
        bool defined = true;
        if (form.has_modrm()) {
            const std::uint8_t modrm = next();
            memory = modrm < 0xc0;
            if (memory) read_address(modrm);
            defined = assign_modrm(form, modrm, memory);
        } else {
            assign_opcode(form);
        }
        read_immediate(form.immediate, size);
        if ((row_->attributes & attribute::third_register) != 0) out_.immediate = third_;
        if (overrun_) return give_up();

        const HandlerSet* set = row_->set;
        if ((row_->attributes & attribute::by_condition) != 0) set += opcode_ & 15;
        out_.execute = set->get(memory ? form.in_memory : form.in_register, size);
        const bool lockable =
            (memory || !form.has_modrm()) && (row_->attributes & attribute::lock) != 0;
        if (!defined || out_.execute == nullptr || (prefixes_.lock && !lockable)) {
            return bad_opcode(Decodability::undefined, nullptr);
        }
        out_.length = static_cast<std::uint8_t>(position_);
        return {Decodability::implemented, out_, row_};
    }

    /// ModRM, SIB and displacement of a memory operand.
    void read_address(std::uint8_t modrm) {
        const unsigned mode = modrm >> 6;
        const std::uint8_t rm = modrm & 7;
        bool wide_displacement = mode == 2;
        if (rm == 4) {
            const std::uint8_t sib = next();
            out_.scale = sib >> 6;
            const std::uint8_t index = ((sib >> 3) & 7) | prefixes_.rex_x();
            if (index != rsp) out_.index = index;
            out_.base = (sib & 7) | prefixes_.rex_b();
            if ((sib & 7) == 5 && mode == 0) {
                out_.base = word::zero;
                wide_displacement = true;
            }
        } else if (rm == 5 && mode == 0) {
            out_.base = word::rip;
            wide_displacement = true;
        } else {
            out_.base = rm | prefixes_.rex_b();
        }
        if (mode == 1) out_.displacement = next_signed(1);
        if (wide_displacement) out_.displacement = next_signed(4);
        const bool through_stack = out_.base == rsp || out_.base == rbp;
        if (through_stack && prefixes_.segment == word::zero) out_.flags |= instruction_flag::stack;
    }

    /// False when the operands make the instruction undefined.
    bool assign_modrm(const FormInfo& form, std::uint8_t modrm, bool memory) {
        const std::uint8_t field = (modrm >> 3) & 7;
        const std::uint8_t g =
            in_bank(form.field, register_number(field | prefixes_.rex_r(), form.byte_size));
        std::uint8_t e = 0;
        if (!memory) {
            e = in_bank(form.rm, register_number((modrm & 7) | prefixes_.rex_b(),
                                                 form.byte_size || form.byte_rm));
        }
        switch (form.roles) {
            case Roles::E_G:
                out_.destination = e;
                out_.source = g;
                return true;
            case Roles::G_E:
                out_.destination = g;
                out_.source = e;
                return true;
            case Roles::E_S:
                out_.destination = e;
                out_.source = field;
                return field <= segment_number::gs;
            case Roles::S_E:
                out_.destination = field;
                out_.source = e;
                return field <= segment_number::gs && field != segment_number::cs;
            case Roles::x87:
                out_.immediate = (opcode_ & 7u) << 8 | modrm;
                return true;
            default:
                out_.destination = e;
                return true;
        }
    }

    void assign_opcode(const FormInfo& form) {
        const std::uint8_t number = (opcode_ & 7) | prefixes_.rex_b();
        if (form.roles == Roles::Z || form.roles == Roles::Z_rAX) {
            out_.destination = register_number(number, form.byte_size);
        }
        if (form.roles == Roles::implied_segment) {
            out_.destination = static_cast<std::uint8_t>(row_->digit);
        }
    }

    void read_immediate(Immediate kind, unsigned size) {
        switch (kind) {
            case Immediate::none:
                break;
            case Immediate::Ib:
                out_.immediate = next_signed(1);
                break;
            case Immediate::Iz:
                out_.immediate = next_signed(size == 1 ? 2 : 4);
                break;
            case Immediate::Iv:
                out_.immediate = next_unsigned(1u << size);
                break;
            case Immediate::Iw:
                out_.immediate = next_unsigned(2);
                break;
            case Immediate::Iw_Ib:
                out_.immediate = next_unsigned(3);
                break;
            case Immediate::one:
                out_.immediate = 1;
                break;
            case Immediate::O:
                out_.displacement = next_unsigned(prefixes_.address_size ? 4 : 8);
                break;
            case Immediate::Jz:
                out_.immediate = next_signed(4);
                break;
        }
    }

    /// The prefix C4 or C5, in whose place `opcode_` stands: it says what REX, 66, F2, F3 and the
    /// escapes would, and names one register more.
    void read_vex() {
        const bool legacy =
            prefixes_.lock || prefixes_.operand_size || prefixes_.repeat != 0 || prefixes_.rex != 0;
        vex_ = legacy ? Vex::not_allowed : Vex::there;
        const std::uint8_t first = next();
        std::uint8_t last = first;
        unsigned map = 1;
        unsigned rex = (~first >> 5) & 4;
        if (opcode_ == 0xc4) {
            last = next();
            map = first & 31;
            rex = ((~first >> 5) & 7) | ((last >> 4) & 8);
        }
        third_ = (~last >> 3) & 15;
        long_vector_ = (last & 4) != 0;
        prefixes_.rex = static_cast<std::uint8_t>(0x40 | rex);
        prefixes_.operand_size = (last & 3) == 1;
        prefixes_.repeat = (last & 3) == 2 ? 0xf3 : (last & 3) == 3 ? 0xf2 : 0;
        map_ = map == 2 ? Map::vex_38 : map == 3 ? Map::vex_3a : Map::one_byte;
        opcode_ = next();
    }
    Decoded avx() const {
        return bad_opcode(Decodability::unimplemented, "AVX instructions are not implemented");
    }
    /// Implemented if the maps decide; RORX has no third register, and must not name one.
    Decoded check_vex() const {
        if (vex_ == Vex::not_allowed) return bad_opcode(Decodability::undefined, nullptr);
        const bool rorx = map_ == Map::vex_3a && third_ != 0;
        if (map_ == Map::one_byte || long_vector_ || rorx) return avx();
        return {Decodability::implemented, {}, nullptr};
    }

    Decoded bad_opcode(Decodability why, const char* reason) const {
        Instruction i;
        i.execute = why == Decodability::undefined ? execute::undefined : execute::unimplemented;
        i.immediate = reinterpret_cast<std::uintptr_t>(reason);
        i.length = 1;
        i.flags = instruction_flag::ends_run;
        return {why, i, row_};
    }

    Decoded give_up() const {
        if (size_ < longest_instruction) return {};
        Instruction i;
        i.execute = execute::too_long;
        i.length = 1;
        i.flags = instruction_flag::ends_run;
        return {Decodability::too_long, i, nullptr};
    }

    const std::uint8_t* bytes_;
    std::size_t size_;
    std::size_t position_ = 0;
    bool overrun_ = false;
    Prefixes prefixes_;
    Map map_ = Map::one_byte;
    std::uint8_t opcode_ = 0;
    enum class Vex : std::uint8_t { none, there, not_allowed };
    Vex vex_ = Vex::none;
    bool long_vector_ = false;
    std::uint8_t third_ = 0;  ///< VEX.vvvv
    const Row* row_ = nullptr;
    Instruction out_;
};

}  // namespace

Decoded decode(const std::uint8_t* bytes, std::size_t size) { return Decoder(bytes, size).run(); }

}  // namespace utsim::cpu
