// The names of HighLevel's webhooks, and how spellings are compared.
#include "domain/event_type.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace ledger {
namespace {

/// The webhooks that HighLevel documents and the ledger does not keep, as of November 2026. A missing one does no harm on the bare path: it is
/// ignored like these, with a warning.
// clang-format off
constexpr std::string_view kForeignTypes[] = {
    "AppPaymentStatus", "AppUpdate", "AppointmentCreate", "AppointmentDelete", "AppointmentUpdate", "CampaignStatusUpdate", "ContactCreate",
    "ContactDelete", "ContactDndUpdate", "ContactTagUpdate", "ContactUpdate", "ConversationUnreadUpdate", "ConversationUnreadWebhook",
    "ConversationUpdate", "ExternalAuthConnected", "InboundMessage", "InvoiceCreate", "InvoiceDelete", "InvoicePaid", "InvoicePartiallyPaid",
    "InvoiceSent", "InvoiceUpdate", "InvoiceVoid", "LCEmailStats", "LocationCreate", "LocationUpdate", "NoteCreate", "NoteDelete", "NoteUpdate",
    "ObjectSchemaCreate", "ObjectSchemaUpdate", "OpportunityAssignedToUpdate", "OpportunityCreate", "OpportunityDelete",
    "OpportunityMonetaryValueUpdate", "OpportunityStageUpdate", "OpportunityStatusUpdate", "OpportunityUpdate", "OrderCreate", "OrderStatusUpdate",
    "OutboundMessage", "PlanChange", "PriceCreate", "PriceDelete", "PriceUpdate", "ProductCreate", "ProductDelete", "ProductUpdate",
    "ProviderOutboundMessage", "RecordCreate", "RecordDelete", "RecordUpdate", "SaasPlanCreate", "TaskComplete", "TaskCreate", "TaskDelete",
    "UserCreate", "UserDelete", "UserUpdate", "VoiceAiCallEnd",
};
// clang-format on

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The text in lower case, without what spellings differ in.
std::string plain_spelling(std::string_view type) {
  constexpr std::string_view kSkipped = " \t\r\n._-";
  std::string plain;
  for (const char c : type) {
    if (kSkipped.find(c) == std::string_view::npos) plain.push_back(lower(c));
  }
  return plain;
}

/// Whether `plain` is the plain spelling of `documented`, or of its past ("AssociationDeleted", "Installed").
bool spells(std::string_view plain, std::string_view documented) noexcept {
  if (plain.size() < documented.size()) return false;
  const std::string_view ending = plain.substr(documented.size());
  if (!ending.empty() && ending != "d" && ending != "ed") return false;
  return std::equal(documented.begin(), documented.end(), plain.begin(), [](char left, char right) { return lower(left) == right; });
}

}  // namespace

std::optional<NamedKind> find_event_kind(std::string_view type) {
  if (const auto kind = event_kind(type)) return NamedKind{*kind, false};
  const std::string plain = plain_spelling(type);
  for (const EventKind kind : kWebhookKinds) {
    if (spells(plain, name(kind))) return NamedKind{kind, true};
  }
  // The titles of the pages that document INSTALL and UNINSTALL.
  if (spells(plain, "AppInstall")) return NamedKind{EventKind::install, true};
  if (spells(plain, "AppUninstall")) return NamedKind{EventKind::uninstall, true};
  return std::nullopt;
}

bool is_documented_elsewhere(std::string_view type) {
  const std::string plain = plain_spelling(type);
  return std::any_of(std::begin(kForeignTypes), std::end(kForeignTypes), [&plain](std::string_view foreign) { return spells(plain, foreign); });
}

bool mentions_kept_subject(std::string_view type) {
  const std::string plain = plain_spelling(type);
  return plain.find("association") != std::string::npos || plain.find("relation") != std::string::npos;
}

}  // namespace ledger
