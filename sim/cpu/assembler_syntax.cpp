// SPDX-License-Identifier: MIT
// Recursive descent over the tokens of one line. The first problem ends the line: after `fail` the
// next token is always the end of the line, so every loop stops by itself.
#include "cpu/assembler_syntax.hpp"

#include <utility>

#include "cpu/assembler_names.hpp"
#include "cpu/assembler_token.hpp"

namespace utsim::cpu::assembler {

namespace {

/// Parentheses and signs that may enclose each other.
constexpr int nesting_limit = 50;

struct Directive {
    std::string_view name;
    Statement::Kind kind;
    unsigned item_size;
};
constexpr Directive directives[] = {
    {"db", Statement::Kind::data, 1},      {"dw", Statement::Kind::data, 2},
    {"dd", Statement::Kind::data, 4},      {"dq", Statement::Kind::data, 8},
    {"resb", Statement::Kind::reserve, 1}, {"align", Statement::Kind::align, 1},
};

class LineParser {
public:
    LineParser(std::string_view text, std::string& scope) : text_(text), scope_(scope) {
        advance();
    }

    ParsedLine parse() {
        parse_labels();
        parse_statement();
        if (token_.kind != Token::Kind::end) unexpected("at the end of the line");
        return std::move(line_);
    }

private:
    bool failed() const { return line_.problem.has_value(); }

    void fail(const char* code, std::string message, std::string hint, Span span) {
        if (!failed()) line_.problem = Problem{code, std::move(message), std::move(hint), span};
        token_ = Token{};
        position_ = text_.size();
    }

    void unexpected(const char* where) {
        const std::string what = token_.kind == Token::Kind::end ? "the line ends too early"
                                                                 : "unexpected " + shown(token_);
        const std::string place = token_.kind == Token::Kind::end ? "" : std::string(" ") + where;
        fail("E-ASM-002", what + place, "", token_.span);
    }

    std::string shown(const Token& token) const {
        const std::size_t start = token.span.column - 1;
        constexpr std::size_t longest = 40;
        const std::string_view whole = text_.substr(start, token.span.length);
        if (whole.size() <= longest) return "'" + std::string(whole) + "'";
        return "'" + std::string(whole.substr(0, longest)) + "...'";
    }

    void advance() {
        last_end_ = position_;
        token_ = next_token(text_, position_);
        if (token_.kind == Token::Kind::wrong) {
            fail("E-ASM-001", token_.message, token_.hint, token_.span);
        }
    }

    Token peek() const {
        std::size_t position = position_;
        return next_token(text_, position);
    }

    bool accept(char sign) {
        if (!token_.is(sign)) return false;
        advance();
        return true;
    }

    Span since(std::size_t column) const {
        return {column, last_end_ >= column ? last_end_ - column + 1 : 1};
    }

    std::string full_name(const std::string& name) const {
        return name[0] == '.' ? scope_ + name : name;
    }

    void parse_labels() {
        while (token_.kind == Token::Kind::word && peek().is(':')) {
            // `fs:` starts no statement, so a register here is a mistake.
            if (find_register(lower(token_.text))) {
                fail("E-ASM-003", "'" + token_.text + "' is a register and cannot be a label",
                     "choose another name", token_.span);
                return;
            }
            const std::string name = full_name(token_.text);
            if (token_.text[0] != '.') scope_ = token_.text;
            line_.labels.push_back({name, token_.span});
            advance();
            advance();
        }
    }

    void parse_statement() {
        Statement& statement = line_.statement;
        statement.span = token_.span;
        if (token_.kind == Token::Kind::end) return;
        if (token_.kind != Token::Kind::word) return unexpected("at the start of a statement");
        const Token second = peek();
        if (second.is('=') || (second.kind == Token::Kind::word && lower(second.text) == "equ")) {
            return parse_constant();
        }
        const std::string word = lower(token_.text);
        for (const Directive& directive : directives) {
            if (word == directive.name) return parse_directive(directive);
        }
        parse_instruction();
    }

    void parse_constant() {
        Statement& statement = line_.statement;
        if (find_register(lower(token_.text))) {
            return fail("E-ASM-003", "'" + token_.text + "' is a register and cannot be redefined",
                        "choose another name", token_.span);
        }
        statement.kind = Statement::Kind::constant;
        statement.name = full_name(token_.text);
        advance();
        advance();
        statement.amount = parse_expression();
    }

    void parse_directive(const Directive& directive) {
        Statement& statement = line_.statement;
        statement.kind = directive.kind;
        statement.item_size = directive.item_size;
        advance();
        if (directive.kind != Statement::Kind::data) {
            statement.amount = parse_expression();
            return;
        }
        do {
            DataItem item;
            if (token_.kind == Token::Kind::text && is_whole_item(peek())) {
                item.is_text = true;
                item.text = token_.text;
                advance();
            } else {
                item.expression = parse_expression();
            }
            statement.items.push_back(std::move(item));
        } while (accept(','));
    }

    static bool is_whole_item(const Token& next) {
        return next.kind == Token::Kind::end || next.is(',');
    }

    void parse_instruction() {
        Statement& statement = line_.statement;
        while (const auto prefix = find_prefix(lower(token_.text))) {
            if (statement.prefixes == 0) statement.prefix_span = token_.span;
            statement.prefixes |= *prefix;
            advance();
            if (token_.kind != Token::Kind::word) return unexpected("behind a prefix");
        }
        statement.kind = Statement::Kind::instruction;
        statement.span = token_.span;
        statement.mnemonic_text = token_.text;
        const std::string name = lower(token_.text);
        const auto mnemonic = find_mnemonic(name);
        if (!mnemonic) {
            std::string hint = suggest_mnemonic(name);
            if (hint.empty() && peek().kind == Token::Kind::end) hint = "a label ends with ':'";
            return fail("E-ASM-004", "unknown instruction '" + token_.text + "'", std::move(hint),
                        token_.span);
        }
        statement.mnemonic = *mnemonic;
        statement.far = name == "retf" || name == "lret";
        advance();
        if (accept_far(*mnemonic)) statement.far = true;
        if (token_.kind == Token::Kind::end) return;
        do {
            if (statement.operands.size() == ZYDIS_ENCODER_MAX_OPERANDS) {
                return fail("E-ASM-002", "too many operands", "", token_.span);
            }
            const std::size_t start = token_.span.column;
            Operand operand = parse_operand();
            operand.span = since(start);
            statement.operands.push_back(std::move(operand));
        } while (accept(','));
    }

    /// `far` is a word only where it can be one: `jmp far` alone goes to a label of that name.
    bool accept_far(ZydisMnemonic mnemonic) {
        if (token_.kind != Token::Kind::word || lower(token_.text) != "far") return false;
        const bool jumps = mnemonic == ZYDIS_MNEMONIC_JMP || mnemonic == ZYDIS_MNEMONIC_CALL;
        const bool far =
            mnemonic == ZYDIS_MNEMONIC_RET || (jumps && peek().kind != Token::Kind::end);
        if (far) advance();
        return far;
    }

    Operand parse_operand() {
        Operand operand;
        if (token_.kind == Token::Kind::word) {
            const std::string word = lower(token_.text);
            if (word == "short" || word == "near") {
                operand.distance =
                    word == "short" ? Operand::Distance::short_ : Operand::Distance::near_;
                advance();
            } else if (const auto size = find_size(word)) {
                operand.size = *size;
                advance();
                if (token_.kind == Token::Kind::word && lower(token_.text) == "ptr") advance();
            }
        }
        if (token_.is('[')) {
            parse_memory(operand);
            return operand;
        }
        if (token_.kind == Token::Kind::word) {
            if (const auto reg = find_register(lower(token_.text))) {
                advance();
                if (segment_prefix(*reg) && token_.is(':')) {
                    operand.segment = *reg;
                    advance();
                    if (!token_.is('[')) {
                        unexpected("where '[' should follow");
                        return operand;
                    }
                    parse_memory(operand);
                    return operand;
                }
                operand.kind = Operand::Kind::reg;
                operand.reg = *reg;
                return operand;
            }
        }
        operand.kind = Operand::Kind::expression;
        operand.expression = parse_expression();
        return operand;
    }

    void parse_memory(Operand& operand) {
        operand.kind = Operand::Kind::memory;
        advance();
        if (token_.kind == Token::Kind::word) {
            const std::string word = lower(token_.text);
            const auto reg = find_register(word);
            if (word == "rel" || word == "abs") {
                operand.addressing =
                    word == "rel" ? Operand::Addressing::relative : Operand::Addressing::absolute;
                advance();
            } else if (reg && segment_prefix(*reg) && peek().is(':')) {
                operand.segment = *reg;
                advance();
                advance();
            }
        }
        bool minus = accept('-');
        do {
            parse_term(operand, minus);
            if (failed()) return;
            if (accept('+')) {
                minus = false;
            } else if (accept('-')) {
                minus = true;
            } else {
                break;
            }
        } while (true);
        if (!accept(']')) unexpected("where ']' should close the address");
    }

    /// One summand of an address: a register, perhaps scaled, or a part of the displacement.
    void parse_term(Operand& operand, bool minus) {
        const Span span = token_.span;
        if (const auto reg = register_here()) {
            advance();
            unsigned scale = 0;
            if (accept('*')) scale = parse_scale();
            return add_register(operand, *reg, scale, minus, span);
        }
        Expression term = parse_product(0);
        if (token_.is('*')) {
            // The product stopped before a register: `4*rcx`.
            advance();
            const auto reg = register_here();
            if (!reg || term.items.size() != 1 || term.items[0].kind != Expression::Kind::number) {
                return unexpected("in an address");
            }
            advance();
            return add_register(operand, *reg, scale_of(term.items[0].number, span), minus, span);
        }
        if (minus) term.items.push_back({Expression::Kind::negate, 0, {}, span});
        const bool first = operand.expression.empty();
        for (Expression::Item& item : term.items) operand.expression.items.push_back(item);
        if (!first) operand.expression.items.push_back({Expression::Kind::add, 0, {}, span});
        operand.expression.span = since(first ? span.column : operand.expression.span.column);
    }

    std::optional<ZydisRegister> register_here() const {
        if (token_.kind != Token::Kind::word) return std::nullopt;
        return find_register(lower(token_.text));
    }

    unsigned parse_scale() {
        const Token factor = token_;
        if (factor.kind != Token::Kind::number) {
            unexpected("where a scale of 1, 2, 4 or 8 should follow");
            return 0;
        }
        advance();
        return scale_of(static_cast<std::int64_t>(factor.number), factor.span);
    }

    unsigned scale_of(std::int64_t number, Span span) {
        if (number == 1 || number == 2 || number == 4 || number == 8) {
            return static_cast<unsigned>(number);
        }
        fail("E-ASM-002", "an index can be scaled by 1, 2, 4 or 8 only", "", span);
        return 0;
    }

    void add_register(Operand& operand, ZydisRegister reg, unsigned scale, bool minus, Span span) {
        if (minus) {
            return fail("E-ASM-002", "a register cannot be subtracted in an address", "", span);
        }
        if (scale == 0 && operand.base == ZYDIS_REGISTER_NONE) {
            operand.base = reg;
        } else if (operand.index == ZYDIS_REGISTER_NONE) {
            operand.index = reg;
            operand.scale = scale == 0 ? 1 : scale;
            // RSP cannot be an index; without a scale the two may change places.
            if (scale == 0 && reg == ZYDIS_REGISTER_RSP) std::swap(operand.base, operand.index);
        } else {
            fail("E-ASM-002", "an address has at most one base and one index register", "", span);
        }
    }

    Expression parse_expression() {
        Expression result;
        const std::size_t start = token_.span.column;
        parse_sum(result, 0);
        result.span = since(start);
        return result;
    }

    Expression parse_product(int depth) {
        Expression result;
        const std::size_t start = token_.span.column;
        parse_product(result, depth);
        result.span = since(start);
        return result;
    }

    void parse_sum(Expression& out, int depth) {
        parse_product(out, depth);
        while (token_.is('+') || token_.is('-')) {
            const auto kind = token_.is('+') ? Expression::Kind::add : Expression::Kind::subtract;
            const Span span = token_.span;
            advance();
            parse_product(out, depth);
            out.items.push_back({kind, 0, {}, span});
        }
    }

    void parse_product(Expression& out, int depth) {
        parse_factor(out, depth);
        while (token_.is('*')) {
            const Token next = peek();
            if (next.kind == Token::Kind::word && find_register(lower(next.text))) return;
            const Span span = token_.span;
            advance();
            parse_factor(out, depth);
            out.items.push_back({Expression::Kind::multiply, 0, {}, span});
        }
    }

    void parse_factor(Expression& out, int depth) {
        const Span span = token_.span;
        if (depth == nesting_limit) {
            return fail("E-ASM-002", "the expression is nested too deeply", "", span);
        }
        if (accept('-')) {
            parse_factor(out, depth + 1);
            out.items.push_back({Expression::Kind::negate, 0, {}, span});
        } else if (accept('(')) {
            parse_sum(out, depth + 1);
            if (!accept(')')) unexpected("where ')' should follow");
        } else if (accept('$')) {
            out.items.push_back({Expression::Kind::here, 0, {}, span});
        } else if (token_.kind == Token::Kind::number) {
            out.items.push_back(
                {Expression::Kind::number, static_cast<std::int64_t>(token_.number), {}, span});
            advance();
        } else if (token_.kind == Token::Kind::text) {
            parse_character(out);
        } else if (token_.kind == Token::Kind::word && !register_here()) {
            out.items.push_back({Expression::Kind::symbol, 0, full_name(token_.text), span});
            advance();
        } else {
            unexpected("where a number or label should stand");
        }
    }

    void parse_character(Expression& out) {
        if (token_.text.empty() || token_.text.size() > 8) {
            return fail("E-ASM-001", "a number in quotes has one to eight characters", "",
                        token_.span);
        }
        std::uint64_t number = 0;
        for (std::size_t i = token_.text.size(); i-- > 0;) {
            number = number << 8 | static_cast<std::uint8_t>(token_.text[i]);
        }
        out.items.push_back(
            {Expression::Kind::number, static_cast<std::int64_t>(number), {}, token_.span});
        advance();
    }

    std::string_view text_;
    std::string& scope_;
    std::size_t position_ = 0;
    std::size_t last_end_ = 0;  // where the token before the current one ended
    Token token_;
    ParsedLine line_;
};

}  // namespace

ParsedLine parse_line(std::string_view text, std::string& scope) {
    return LineParser(text, scope).parse();
}

}  // namespace utsim::cpu::assembler
