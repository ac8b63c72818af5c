# Fills a fresh Tryton database for the staging suite: a company that keeps its books in euros, this year's periods, a chart
# of accounts, a payment method, products with goods on hand, a supplier, and a user of the relay's own with no more rights
# than it needs. Uses only what Debian's packages bring: proteus, and the modules' own test tools.
# Usage: seed.py CONFIG; the relay's password in RELAY_PASSWORD. It prints nothing but errors.
import os
import sys
from decimal import Decimal

os.environ['DB_NAME'] = ':memory:'  # the test tools ask for it when they are imported

from proteus import Model, Wizard, config as proteus_config  # noqa: E402

configuration = proteus_config.set_trytond('erp', user='admin', config_file=sys.argv[1])

from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts  # noqa: E402
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences  # noqa: E402
from trytond.modules.company.tests.tools import create_company, get_company  # noqa: E402
from trytond.modules.currency.tests.tools import get_currency  # noqa: E402

create_company(currency=get_currency('EUR'))
company = get_company()

User = Model.get('res.user')
admin = User(configuration.user)
admin.companies.append(company) if company not in admin.companies else None
admin.company = company
admin.save()
configuration._context = User.get_preferences(True, configuration.context)

fiscal_year = set_fiscalyear_invoice_sequences(create_fiscalyear(company))
fiscal_year.click('create_period')
create_chart(company)
accounts = get_accounts(company)

Journal = Model.get('account.journal')
cash, = Journal.find([('type', '=', 'cash')])
Model.get('account.invoice.payment.method')(
    name='Cash', journal=cash, credit_account=accounts['cash'], debit_account=accounts['cash']).save()

Country = Model.get('country.country')
for code, name in (('NL', 'Netherlands'), ('DE', 'Germany'), ('GB', 'United Kingdom'), ('US', 'United States')):
    Country(code=code, name=name).save()

Party = Model.get('party.party')
supplier = Party(name='Goods without an order', code='HOLDFAST-SUPPLIER')
supplier.save()

Category = Model.get('product.category')


def category(name, revenue):
    found = Category(name=name, accounting=True)
    found.account_expense = accounts['expense']
    found.account_revenue = revenue
    found.save()
    return found


goods = category('Goods', accounts['revenue'])
services = category('Services', accounts['revenue'])
# What a shop collected as tax is owed, not earned: an account of its own, for accounting to pass on. Tryton lets a category
# name accounts of a revenue type only.
collected_account = Model.get('account.account')(
    name='Tax collected by shops', company=company, type=accounts['revenue'].type)
collected_account.save()
collected = category('Tax a shop collected', collected_account)

unit, = Model.get('product.uom').find([('name', '=', 'Unit')])
Template = Model.get('product.template')


def product(code, name, kind='goods', account_category=goods, price='10'):
    template = Template(name=name, code=code, default_uom=unit, type=kind, salable=True,
        list_price=Decimal(price), account_category=account_category)
    template.purchasable = kind == 'goods'
    template.save()
    return template.products[0]


stocked = [product('SKU-1', 'Anchor'), product('SKU-2', 'Rope, 10 m', price='8')]
product('SHIPPING', 'Shipping', 'service', services, '0')
product('DISCOUNT', 'Discount', 'service', services, '0')
product('REFUND', 'Goodwill', 'service', services, '0')
product('SHOP-TAX', 'Tax', 'service', collected, '0')

Location = Model.get('stock.location')
warehouse, = Location.find([('type', '=', 'warehouse')])
warehouse.code = 'MAIN'
warehouse.save()
Inventory = Model.get('stock.inventory')
inventory = Inventory(location=warehouse.storage_location)
for each in stocked:
    line = inventory.lines.new(product=each)
    line.quantity = 1000.0
    line.expected_quantity = 0.0
inventory.click('confirm')

Group = Model.get('res.group')
relay = User(name='Holdfast', login='relay', password=os.environ['RELAY_PASSWORD'])
relay.companies.append(company)
relay.company = company
names = ('Account', 'Account Administration', 'Party Administration', 'Product Administration', 'Purchase', 'Sales', 'Stock')
for group in Group.find([('name', 'in', names)]):
    if group not in relay.groups:
        relay.groups.append(group)
relay.save()
