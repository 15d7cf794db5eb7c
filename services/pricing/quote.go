package pricing

import (
	"context"

	"golang.org/x/sync/errgroup"

	"spanwise/internal/step"
	"spanwise/inventory"
)

// scarce is the stock below which a product gets no discount.
const scarce = 10

// Quote prices an order. It asks the inventory how much stock is left, because scarce products get no discount.
func (s *Service) Quote(ctx context.Context, lines []inventory.Line) (Quote, error) {
	if err := inventory.CheckLines(lines); err != nil {
		return Quote{}, err
	}
	skus := inventory.SKUs(lines)
	var products []priced
	var percents []int64
	var stock []inventory.Stock
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		products, err = s.priced(ctx, skus)
		return err
	})
	group.Go(func() (err error) {
		percents, err = s.store.percents(ctx, lines)
		return err
	})
	group.Go(func() (err error) {
		stock, err = s.checkInventory(ctx, skus)
		return err
	})
	if err := group.Wait(); err != nil {
		return Quote{}, err
	}
	var q Quote
	for i, l := range lines {
		if stock[i].Available < scarce {
			percents[i] = 0
		}
		q.add(price(l, products[i], percents[i]))
	}
	return q, nil
}

func (s *Service) checkInventory(ctx context.Context, skus []string) (_ []inventory.Stock, err error) {
	ctx, end := step.Start(ctx, "check-inventory", step.Lines(len(skus)))
	defer end(&err)
	return s.inventory.Stock(ctx, skus)
}

// price prices a line. Discount and tax are rounded half up to whole cents.
func price(l inventory.Line, p priced, discountPercent int64) QuotedLine {
	full := p.Cents * int64(l.Quantity)
	discount := percentOf(full, discountPercent)
	tax := percentOf(full-discount, p.TaxPercent)
	return QuotedLine{Line: l, Unit: Euros(p.Cents), Discount: Euros(discount), Tax: Euros(tax), Total: Euros(full - discount + tax)}
}

func percentOf(cents, percent int64) int64 { return (cents*percent + 50) / 100 }

func (q *Quote) add(l QuotedLine) {
	q.Lines = append(q.Lines, l)
	q.Discount = Euros(q.Discount.Cents + l.Discount.Cents)
	q.Tax = Euros(q.Tax.Cents + l.Tax.Cents)
	q.Total = Euros(q.Total.Cents + l.Total.Cents)
}
