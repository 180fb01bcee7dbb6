// SPDX-License-Identifier: MIT
// One field, `resume`, holds the strongest action that somebody asked for (spec 1.6, 4.29). Weaker
// requests are not remembered: whoever asks for more gets the callback in which all others answer
// anew.
#include "semantics/quirks.hpp"
#include "utrace/requests.hpp"

namespace utsim {

namespace {

class RequestField final : public RequestStore {
public:
    std::uint32_t strongest(const Utrace* utrace) const override { return utrace->resume; }
    bool lacks(const Utrace* utrace, std::uint32_t action) const override {
        return action < utrace->resume;
    }
    void store(Utrace* utrace, std::uint32_t action) const override {
        utrace->resume = action;
        // It stood for newcomers and requests alike, and was cleared for the newcomers' sake.
        if (quirk(utrace, Quirk::b26_slow_path_forgotten)) utrace->pending_attach = true;
    }
    std::uint32_t use_up(Utrace* utrace) const override {
        const std::uint32_t request = utrace->resume;
        if (request > UTRACE_INTERRUPT) utrace->resume = UTRACE_RESUME;
        return request;
    }
    void clear(Utrace* utrace) const override { utrace->resume = UTRACE_RESUME; }
};

constexpr RequestField field;  // has no state

}  // namespace

const RequestStore& request_field() { return field; }

}  // namespace utsim
